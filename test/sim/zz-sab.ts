import { bundle } from './bundle';
import { startFarm } from './farm';
import { SABOTAGES } from './sabotages';
const only = process.argv[2];
(async () => {
  for (const s of SABOTAGES) {
    if (only && !s.name.includes(only)) continue;
    const b = await bundle(s).catch((e) => { console.log('!!', e.errors?.[0]?.text ?? e); return undefined; });
    if (!b) continue;
    const f = startFarm(b.file, 2);
    const t0 = performance.now();
    const t = await f.run(1, Number(process.argv[3] ?? s.withinSeeds));
    f.close(); b.remove();
    console.log(t.failed ? 'ok ' : 'MISSED', s.name, t.failed?.cut.seed, 'of', s.withinSeeds, ((performance.now() - t0) / 1000).toFixed(1) + 's', t.failed?.verdict?.slice(0, 90));
  }
})();
