import { useMemo } from 'preact/hooks';
import type { Overview } from '../../api/types';
import { useConsole } from '../../app/console';
import { counted } from '../../lib/money';
import { toldOf } from '../../texts/codes';
import { Chip, Empty, Panel } from '../../ui/basic';
import { DataTable, type Column } from '../../ui/data-table';
import { OutcomeChip } from '../states';

type Row = Overview['by_sub_code'][number];

/** What attempts came to, by WeChat Pay's own reason. */
export function SubCodes({ rows }: { rows: readonly Row[] }) {
  const { t, codes } = useConsole();
  const columns = useMemo<readonly Column<Row>[]>(
    () => [
      {
        id: 'outcome',
        head: t.overview.outcome,
        cell: ({ outcome }) =>
          outcome === 'unreported' ? (
            <Chip tone="warn">{t.order.noReport}</Chip>
          ) : (
            <OutcomeChip kind={outcome} />
          ),
      },
      {
        id: 'code',
        head: t.timeline.subCode,
        names: true,
        cell: ({ sub_code }) =>
          sub_code === null ? (
            <span class="faint">—</span>
          ) : sub_code === 'other' ? (
            t.overview.otherCodes
          ) : (
            <code>{sub_code}</code>
          ),
      },
      {
        id: 'meaning',
        head: t.overview.meaning,
        cell: ({ sub_code, outcome }) => (
          <span class="wrap">
            {toldOf(codes, sub_code === null ? {} : { sub_code })?.meaning ??
              (outcome === 'unreported' ? t.overview.unreported : codes.outcome[outcome].meaning)}
          </span>
        ),
      },
      { id: 'attempts', head: t.order.attempts, numeric: true, cell: ({ attempts }) => counted(attempts) },
    ],
    [t, codes],
  );
  return (
    <Panel title={t.overview.bySubCode} note={t.overview.bySubCodeNote} flush={rows.length > 0}>
      {rows.length === 0 ? (
        <Empty title={t.overview.noAttempts} />
      ) : (
        <DataTable
          caption={t.overview.bySubCode}
          columns={columns}
          rows={rows}
          idOf={({ outcome, sub_code }) => `${outcome}/${sub_code ?? ''}`}
        />
      )}
    </Panel>
  );
}
