const { TestEnvironment } = require('jest-environment-node');

/** Not tried: they count their own runs, of which there are few here, or take longer than all the others together. */
const LEFT_OUT = [
  'one trial is under way at a time, the waits follow the ladder, and every change moves the version by one',
  'of orders completed every five minutes of one day, and always declined',
  // These are about the machine, and fail on one that is busy.
  '64 calls at once all get their own answer',
  'more calls at once than connections are allowed wait for one another',
];

/** After the first failure nothing more is tried: the mutant is dead. */
module.exports = class extends TestEnvironment {
  #failed = false;

  handleTestEvent = ({ name, test, testNamePattern }) => {
    // Of the tests that a mutant is tried against; unit-tests.cjs loads no others.
    if (name === 'setup') this.global.wantedTests = testNamePattern;
    if (name === 'test_fn_failure') this.#failed = true;
    const isLeftOut = () => [test.name, test.parent.name].some((one) => LEFT_OUT.includes(one));
    if (name === 'test_start' && (this.#failed || isLeftOut())) test.mode = 'skip';
  };
};
