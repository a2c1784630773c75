import { useRef, useState } from 'preact/hooks';
import { call } from '../../api/client';
import type { Failure } from '../../api/result';
import type { ImportedRow, RowResult } from '../../api/types';
import { useConsole } from '../../app/console';
import type { FileRow } from './read-file';

/** Of one request, which the API takes no more than. */
const BATCH_ROWS = 100;

export interface Importing {
  readonly started: boolean;
  readonly busy: boolean;
  readonly results: readonly ImportedRow[];
  /** What ended it; what was done before is done. */
  readonly failure: Failure | undefined;
  readonly run: (rows: readonly FileRow[], dryRun: boolean) => Promise<void>;
  readonly reset: () => void;
}

/** Sends rows batch after batch, so that of two rows that name the same order the first always counts. */
export function useImport(mchid: string): Importing {
  const { api } = useConsole();
  const [started, setStarted] = useState(false);
  const [busy, setBusy] = useState(false);
  const [results, setResults] = useState<readonly ImportedRow[]>([]);
  const [failure, setFailure] = useState<Failure | undefined>();
  const under = useRef(0);
  const send = async (rows: readonly FileRow[], dry_run: boolean) =>
    call(async (signal) =>
      api.POST('/v1/merchants/{mchid}/orders/import', {
        params: { path: { mchid } },
        body: { dry_run, rows: rows.map(({ row, cells }) => ({ ...cells, row })) },
        signal,
      }),
    );
  const run = async (rows: readonly FileRow[], dryRun: boolean): Promise<void> => {
    under.current += 1;
    const turn = under.current;
    setStarted(true);
    setBusy(true);
    setFailure(undefined);
    setResults([]);
    for (let at = 0; at < rows.length; at += BATCH_ROWS) {
      const result = await send(rows.slice(at, at + BATCH_ROWS), dryRun);
      if (turn !== under.current) return;
      if (!result.ok) {
        setFailure(result.failure);
        break;
      }
      setResults((before) => [...before, ...result.value.results]);
    }
    setBusy(false);
  };
  const reset = () => {
    under.current += 1;
    setStarted(false);
    setBusy(false);
    setResults([]);
    setFailure(undefined);
  };
  return { started, busy, results, failure, run, reset };
}

export function countsOf(results: readonly ImportedRow[]): Record<RowResult, number> {
  const counts: Record<RowResult, number> = {
    registered: 0,
    already: 0,
    changed: 0,
    would_register: 0,
    would_change: 0,
    refused: 0,
    left: 0,
  };
  for (const { result } of results) counts[result] += 1;
  return counts;
}
