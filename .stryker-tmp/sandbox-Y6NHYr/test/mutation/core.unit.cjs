require('./unit-tests.cjs')(require('node:path').join(__dirname, '../core'));
