import { App } from 'aws-cdk-lib';
import { applyRules } from './rules';
import { readSettings, SettingsError } from './settings';
import { CollectorStack } from './stack';

const app = new App();
applyRules(app);
try {
  new CollectorStack(app, readSettings(app.node.getAllContext()));
} catch (error) {
  if (!(error instanceof SettingsError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exit(1);
}
