// Types are not mutated: no mutant can die of what tsc says.
require('./unit-tests.cjs')(require('node:path').join(__dirname, '../wechatpay'), ['types.test.ts']);
