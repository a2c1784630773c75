import { bundle } from './bundle';
import { startFarm } from './farm';
import { SABOTAGES } from './sabotages';
const [lo, hi] = (process.argv[2] ?? '0-99').split('-').map(Number);
(async () => {
  for (const s of SABOTAGES.slice(lo, hi)) {
    const b = await bundle(s).catch((e) => { console.log('!!', e.errors?.[0]?.text ?? e); return undefined; });
    if (!b) continue;
    const f = startFarm(b.file, 1);
    const t0 = performance.now();
    const t = await f.run(1, Number(process.argv[3] ?? s.withinSeeds));
    f.close(); b.remove();
    console.log(t.failed ? 'ok ' : 'MISSED', s.name, t.failed?.cut.seed, 'of', s.withinSeeds, ((performance.now() - t0) / 1000).toFixed(1) + 's', t.failed?.verdict?.slice(0, 90));
  }
})();
