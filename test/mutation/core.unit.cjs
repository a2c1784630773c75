// Long courses of thousands of orders: what only they would notice is a survivor here, and to be looked at.
require('./unit-tests.cjs')(require('node:path').join(__dirname, '../core'), [
  'order-histories.test.ts',
  'never-forgotten.test.ts',
  'change-events-properties.test.ts',
  'calendar-properties.test.ts',
]);
