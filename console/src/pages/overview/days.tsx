import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import type { Overview } from '../../api/types';
import { useConsole } from '../../app/console';
import { counted, yuan } from '../../lib/money';
import { daysUpTo, type DayRow } from '../../lib/overview';
import { day } from '../../lib/time';
import { Choices, Panel } from '../../ui/basic';
import { DataTable, type Column } from '../../ui/data-table';

const SPANS = ['7', '30', '90'] as const;
type Span = (typeof SPANS)[number];

/** Recovered by day: a picture, and the same as numbers for whoever wants them, or hears them. */
export function Days({ overview }: { overview: Overview }) {
  const { t } = useConsole();
  const [span, setSpan] = useState<Span>('30');
  const days = useMemo(() => daysUpTo(overview.by_day, day(overview.as_of), Number(span)), [overview, span]);
  const recovered = days.reduce((sum, { amount }) => sum + amount, 0);
  const columns = useMemo<readonly Column<DayRow>[]>(
    () => [
      { id: 'date', head: t.overview.day, names: true, cell: ({ date }) => date },
      { id: 'amount', head: t.overview.recovered, numeric: true, cell: ({ amount }) => yuan(amount) },
      { id: 'orders', head: t.orders.title, numeric: true, cell: ({ orders }) => counted(orders) },
      { id: 'attempts', head: t.order.attempts, numeric: true, cell: ({ attempts }) => counted(attempts) },
    ],
    [t],
  );
  return (
    <Panel
      title={t.overview.byDay}
      note={t.overview.inSpan(yuan(recovered), Number(span))}
      actions={
        <Choices
          label={t.overview.span}
          choices={SPANS.map((value) => ({ value, label: t.overview.days(Number(value)) }))}
          value={span}
          onChange={setSpan}
        />
      }
    >
      <DayChart days={days} label={t.overview.chart(yuan(recovered), Number(span))} />
      <details>
        <summary>{t.overview.asTable}</summary>
        <DataTable
          caption={t.overview.byDay}
          columns={columns}
          rows={days.toReversed()}
          idOf={({ date }) => date}
        />
      </details>
    </Panel>
  );
}

function DayChart({ days, label }: { days: readonly DayRow[]; label: string }) {
  const { t, preferences } = useConsole();
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    let left = false;
    let remove = () => {};
    const draw = async () => {
      const { drawDays } = await import('./draw-days');
      const names = { recovered: t.overview.recovered, attempts: t.order.attempts };
      if (!left && canvas.current !== null) remove = drawDays(canvas.current, days, names);
    };
    void draw();
    return () => {
      left = true;
      remove();
    };
  }, [days, t, preferences.theme]);
  return (
    <div class="chart">
      <canvas ref={canvas} role="img" aria-label={label} />
    </div>
  );
}
