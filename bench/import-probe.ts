/** Loaded into the process of an import: tells its parent what memory it holds, after collecting what it does not. */
const EVERY_MS = 200;

const timer = setInterval(() => {
  globalThis.gc?.();
  const { rss, heapUsed } = process.memoryUsage();
  process.send?.({ rss, heapUsed });
}, EVERY_MS);
timer.unref();
process.channel?.unref();
