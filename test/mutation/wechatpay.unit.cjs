// Types are not mutated: no mutant can die of what tsc says. And what is about 64 connections at once is about the machine.
require('./unit-tests.cjs')(require('node:path').join(__dirname, '../wechatpay'), [
  'types.test.ts',
  'transport-tls.test.ts',
]);
