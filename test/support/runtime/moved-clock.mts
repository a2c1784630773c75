// Loaded before everything else in a function's process: its time is that of the test, which moves it, and its chance is
// none, as in the test's own process. The file holds the time in milliseconds, as one double, and is read at each look at
// the clock: so a clock that is moved while the function is at work has moved for the function, too.
import { openSync, readSync } from 'node:fs';

const named = process.env['TEST_CLOCK_FILE'];
if (named !== undefined) {
  const file = openSync(named, 'r');
  const time = new Float64Array(1);
  Date.now = () => {
    readSync(file, time, 0, time.byteLength, 0);
    return time[0] ?? Number.NaN;
  };
  Math.random = () => 0;
}
