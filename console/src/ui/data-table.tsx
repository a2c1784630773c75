import type { ComponentChildren } from 'preact';
import { useMemo } from 'preact/hooks';
import { rowSelectionFeature, tableFeatures, useTable, type ColumnDef } from '@tanstack/preact-table';
import { useConsole } from '../app/console';

const features = tableFeatures({ rowSelectionFeature });

export interface Column<Row> {
  readonly id: string;
  readonly head: string;
  readonly cell: (row: Row) => ComponentChildren;
  /** Numbers and amounts stand under each other. */
  readonly numeric?: boolean;
  /** What names the row, for whoever hears it read. */
  readonly names?: boolean;
}

interface DataTableProps<Row> {
  readonly caption: string;
  readonly columns: readonly Column<Row>[];
  readonly rows: readonly Row[];
  readonly idOf: (row: Row) => string;
  /** Ids of the rows that are chosen; without it none can be. */
  readonly selected?: ReadonlySet<string>;
  readonly onSelect?: (selected: ReadonlySet<string>) => void;
  readonly nameOf?: (row: Row) => string;
}

/** A table that becomes a list of cards where there is no room for its columns. */
export function DataTable<Row extends object>(props: DataTableProps<Row>) {
  const { caption, columns, rows, idOf, selected, onSelect, nameOf = idOf } = props;
  const { t } = useConsole();
  const defs = useMemo<ColumnDef<typeof features, Row>[]>(
    () => columns.map(({ id, head, cell }) => ({ id, header: head, cell: ({ row }) => cell(row.original) })),
    [columns],
  );
  const rowSelection = useMemo(
    () => Object.fromEntries([...(selected ?? [])].map((id) => [id, true] as const)),
    [selected],
  );
  const table = useTable({
    features,
    data: rows,
    columns: defs,
    getRowId: idOf,
    state: { rowSelection },
    enableRowSelection: onSelect !== undefined,
    onRowSelectionChange: (change) => {
      const next = typeof change === 'function' ? change(rowSelection) : change;
      onSelect?.(new Set(Object.keys(next).filter((id) => next[id])));
    },
  });
  const selects = onSelect !== undefined;
  return (
    <div class="table-scroll" tabIndex={0} role="region" aria-label={caption}>
      <table role="table" class={selects ? 'selectable' : ''}>
        <caption class="sr-only">{caption}</caption>
        <thead role="rowgroup">
          {table.getHeaderGroups().map((group) => (
            <tr key={group.id} role="row">
              {selects && (
                <th role="columnheader" class="select">
                  <Box
                    label={t.common.selectAll}
                    checked={table.getIsAllRowsSelected()}
                    some={table.getIsSomeRowsSelected()}
                    onChange={(on) => table.toggleAllRowsSelected(on)}
                  />
                </th>
              )}
              {group.headers.map((header, at) => (
                <th
                  key={header.id}
                  role="columnheader"
                  scope="col"
                  class={columns[at]?.numeric ? 'numeric' : ''}
                >
                  <table.FlexRender header={header} />
                </th>
              ))}
            </tr>
          ))}
        </thead>
        <tbody role="rowgroup">
          {table.getRowModel().rows.map((row) => (
            <tr key={row.id} role="row" class={row.getIsSelected() ? 'is-selected' : ''}>
              {selects && (
                <td role="cell" class="select">
                  <Box
                    label={t.common.select(nameOf(row.original))}
                    checked={row.getIsSelected()}
                    onChange={(on) => row.toggleSelected(on)}
                  />
                </td>
              )}
              {row.getAllCells().map((cell, at) => {
                const column = columns[at];
                const inside = (
                  <>
                    <span class="cell-name" aria-hidden="true">
                      {column?.head}
                    </span>
                    <span class="cell-value">
                      <table.FlexRender cell={cell} />
                    </span>
                  </>
                );
                return column?.names ? (
                  <th key={cell.id} role="rowheader" scope="row">
                    {inside}
                  </th>
                ) : (
                  <td key={cell.id} role="cell" class={column?.numeric ? 'numeric' : ''}>
                    {inside}
                  </td>
                );
              })}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

interface BoxProps {
  readonly label: string;
  readonly checked: boolean;
  readonly some?: boolean;
  readonly onChange: (on: boolean) => void;
}

function Box({ label, checked, some = false, onChange }: BoxProps) {
  return (
    <input
      type="checkbox"
      aria-label={label}
      checked={checked}
      ref={(box) => {
        if (box !== null) box.indeterminate = some && !checked;
      }}
      onChange={(event) => onChange(event.currentTarget.checked)}
    />
  );
}
