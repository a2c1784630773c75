const path = require('node:path');

/** fast-check, with few runs of each property: a mutant that only the thousandth would notice is found by other tests, or is listed. */
const RUNS_MAX = 10;
const real = jest.requireActual(path.join(__dirname, '../../node_modules/fast-check/lib/cjs/fast-check.js'));
const { assert: whole } = real.default;

const assert = (property, { numRuns = RUNS_MAX, ...parameters } = {}) =>
  whole(property, { ...parameters, numRuns: Math.min(numRuns, RUNS_MAX) });

module.exports = { ...real, __esModule: true, assert, default: { ...real.default, assert } };
