import { useMemo, useState } from 'preact/hooks';
import { ChevronLeft, ChevronRight } from 'lucide-preact';
import type { ImportedRow, RowResult } from '../../api/types';
import { useConsole } from '../../app/console';
import { counted } from '../../lib/money';
import { Button, Chip, Choices, type Tone } from '../../ui/basic';
import { DataTable, type Column } from '../../ui/data-table';
import { countsOf } from './use-import';

const TONES: Readonly<Record<RowResult, Tone>> = {
  registered: 'good',
  already: 'calm',
  changed: 'info',
  would_register: 'good',
  would_change: 'info',
  refused: 'bad',
  left: 'warn',
};
/** In sight at once; a table of ten thousand rows is of no use to anybody. */
const PAGE_ROWS = 100;

/** What became of each row, or would. */
export function Results({ results }: { results: readonly ImportedRow[] }) {
  const { t, codes } = useConsole();
  const [only, setOnly] = useState<RowResult | 'all'>('all');
  const [page, setPage] = useState(0);
  const columns = useMemo<readonly Column<ImportedRow>[]>(
    () => [
      { id: 'row', head: t.imports.row, numeric: true, cell: ({ row }) => counted(row) },
      {
        id: 'order',
        head: t.orders.order,
        names: true,
        cell: ({ out_order_no }) => <span class="mono break">{out_order_no || '—'}</span>,
      },
      {
        id: 'sub',
        head: t.common.subMerchant,
        cell: ({ sub_mchid }) => <span class="mono break">{sub_mchid || '—'}</span>,
      },
      {
        id: 'result',
        head: t.imports.result,
        cell: ({ result }) => <Chip tone={TONES[result]}>{codes.row[result]}</Chip>,
      },
      {
        id: 'why',
        head: t.imports.why,
        cell: ({ errors = [], duplicate_of }) => (
          <span class="wrap">
            {errors.map(({ field, rule }) => (field === '' ? rule : `${field} ${rule}`)).join('; ')}
            {errors.length === 0 && duplicate_of !== undefined && t.imports.duplicate(duplicate_of)}
          </span>
        ),
      },
    ],
    [t, codes],
  );
  const counts = countsOf(results);
  const kinds = (Object.keys(counts) as RowResult[]).filter((kind) => counts[kind] > 0);
  const chosen =
    only === 'all' || counts[only] === 0 ? results : results.filter(({ result }) => result === only);
  const pages = Math.max(1, Math.ceil(chosen.length / PAGE_ROWS));
  const at = Math.min(page, pages - 1);
  if (results.length === 0) return null;
  return (
    <>
      <div class="import-filter">
        <Choices
          label={t.imports.result}
          value={only === 'all' || counts[only] > 0 ? only : 'all'}
          onChange={(next) => {
            setOnly(next);
            setPage(0);
          }}
          choices={[
            { value: 'all' as const, label: `${t.orders.all} ${counted(results.length)}` },
            ...kinds.map((value) => ({ value, label: `${codes.row[value]} ${counted(counts[value])}` })),
          ]}
        />
      </div>
      <DataTable
        caption={t.imports.title}
        columns={columns}
        rows={chosen.slice(at * PAGE_ROWS, (at + 1) * PAGE_ROWS)}
        idOf={({ row }) => String(row)}
      />
      {pages > 1 && (
        <nav class="pager" aria-label={t.orders.pages}>
          <span class="faint">{t.imports.page(at + 1, pages)}</span>
          <Button
            small
            disabled={at === 0}
            onClick={() => setPage(at - 1)}
            icon={<ChevronLeft size={16} aria-hidden="true" />}
          >
            {t.orders.previous}
          </Button>
          <Button
            small
            disabled={at === pages - 1}
            onClick={() => setPage(at + 1)}
            icon={<ChevronRight size={16} aria-hidden="true" />}
          >
            {t.orders.next}
          </Button>
        </nav>
      )}
    </>
  );
}
