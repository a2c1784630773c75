const path = require('node:path');
const whole = require('../../jest.config.cjs');

/** What mutants are tried against: the unit tests of the two rooms, which take seconds, and not the service over HTTP. */
module.exports = {
  ...whole,
  rootDir: path.join(__dirname, '../..'),
  roots: ['<rootDir>/test', '<rootDir>/lambda'],
  testMatch: [`<rootDir>/test/mutation/${process.env.MUTATION_ROOM ?? '*'}.unit.cjs`],
  testEnvironment: path.join(__dirname, 'environment.cjs'),
  moduleNameMapper: { '^fast-check$': '<rootDir>/test/mutation/fewer-runs.cjs' },
  bail: 1,
};
