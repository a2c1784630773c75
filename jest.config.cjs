// Node 20 runs everything here; the SDK announces, at the first client made, that a release of 2027 will not.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = 'true';

/** @type {import('jest').Config} */
module.exports = {
  // Node, and a watch over every log line: a suite that writes key material into one fails.
  testEnvironment: '<rootDir>/test/support/log-watch/environment.ts',
  moduleNameMapper: {
    '^@aws-lambda-powertools/(logger|metrics)$': '<rootDir>/test/support/log-watch/$1.ts',
  },
  // lambda/ too, or a file that no test imports would be missing from the coverage instead of lowering it.
  roots: ['<rootDir>/test', '<rootDir>/lambda'],
  transform: {
    // jose, which verifies tokens in the local run, is an ES module and nothing else.
    '^.+\\.ts$|/node_modules/jose/.+\\.js$': [
      '@swc/jest',
      {
        jsc: { parser: { syntax: 'typescript' }, target: 'es2023' },
        module: { type: 'commonjs' },
        sourceMaps: 'inline',
      },
    ],
  },
  transformIgnorePatterns: ['/node_modules/(?!jose/)'],
  clearMocks: true,
  testTimeout: 20_000,
  // One worker a core: jest leaves one core out, which on two is half of them.
  maxWorkers: '100%',
  // The two rooms in which a wrong branch costs money are held to full coverage.
  collectCoverageFrom: ['lambda/core/**/*.ts', 'lambda/wechatpay/**/*.ts'],
  coverageReporters: ['text', 'json-summary'],
  coverageThreshold: { global: { branches: 100, functions: 100, lines: 100, statements: 100 } },
};
