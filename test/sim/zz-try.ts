import { simulate } from './simulate';
const [from, n, keep] = process.argv.slice(2);
(async () => {
  const t = performance.now(); let days=0, ev=0, calls=0,paid=0; const bad: any = {};
  for (let s = Number(from); s < Number(from)+Number(n); s++) {
    const r = await simulate({ seed: s }, keep==='1');
    days+=r.days; ev+=r.events; calls+=r.calls; paid+=r.paid;
    if (r.verdict) { const k = r.verdict.split(' (')[0]!; bad[k] ??= []; bad[k].push(s); if (keep==='1') console.log(r.lines.slice(-Number(process.argv[5]??60)).join('\n')); if(keep==='1'||bad[k].length===1) console.log(s, r.verdict); }
  }
  const cpu=process.cpuUsage(); const sec=(cpu.user+cpu.system)/1e6; console.log({sec, perSec: Number(n)/sec, days, ev, calls, paid}); for (const k in bad) console.log(bad[k].length, k, bad[k].slice(0,5));
})();
