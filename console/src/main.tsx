import { render } from 'preact';
import { App } from './app/app';
import { applyPreferences, readPreferences } from './app/preferences';
import { openSession, readConfig } from './app/session';
import { SignIn } from './app/sign-in';
import { TEXTS } from './texts';
import './styles/base.css';
import './styles/shell.css';
import './styles/parts.css';
import './styles/pages.css';

async function start(root: HTMLElement): Promise<void> {
  const preferences = readPreferences();
  applyPreferences(preferences);
  const { language } = preferences;
  try {
    const config = await readConfig();
    const opened = await openSession(config);
    if (opened.kind === 'open') render(<App config={config} session={opened.session} />, root);
    else render(<SignIn language={language} signIn={opened.signIn} refused={opened.refused} />, root);
  } catch (error) {
    const t = TEXTS[language];
    render(
      <main class="sign-in">
        <div class="sign-in-card">
          <h1>{t.signIn.cannotStart}</h1>
          <p role="alert">{error instanceof Error ? error.message : String(error)}</p>
          <button type="button" class="button primary" onClick={() => location.reload()}>
            {t.common.retry}
          </button>
        </div>
      </main>,
      root,
    );
  }
}

const root = document.querySelector<HTMLElement>('#app');
if (root !== null) void start(root);
