import { useState } from 'preact/hooks';
import { useConsole } from '../../app/console';
import { addressOf } from '../../app/routes';
import { Button, Panel } from '../../ui/basic';
import { Failed } from '../../ui/failure';
import { Page } from '../../ui/page';
import { Progress } from '../../ui/progress';
import { DropZone } from './drop-zone';
import { readCsv, type ReadFile } from './read-file';
import { Results } from './results';
import { countsOf, useImport } from './use-import';

type Read = Extract<ReadFile, { ok: true }>;

/** A file of orders: what would be done, row by row; then the same, done. */
export function ImportPage({ mchid }: { mchid: string }) {
  const { t, mayChange } = useConsole();
  const [file, setFile] = useState<Read | undefined>();
  const [fault, setFault] = useState<Exclude<ReadFile, Read>['fault'] | undefined>();
  const dry = useImport(mchid);
  const real = useImport(mchid);
  const take = async (given: File) => {
    setFault(undefined);
    setFile(undefined);
    real.reset();
    const read = await readCsv(given);
    if (!read.ok) return setFault(read.fault);
    setFile(read);
    return dry.run(read.rows, true);
  };
  const counts = countsOf(dry.results);
  const toDo = counts.would_register + counts.would_change;
  const running = dry.busy || real.busy;
  const shown = real.started ? real : dry;
  return (
    <Page title={t.imports.title} lead={<p>{t.imports.lead}</p>}>
      <Panel>
        <DropZone disabled={running} onFile={(given) => void take(given)} />
        {fault !== undefined && (
          <p class="error" role="alert">
            {t.imports.faults[fault]}
          </p>
        )}
      </Panel>
      {file === undefined ? (
        <Panel title={t.imports.format} note={t.imports.columnsText}>
          <pre class="sample" tabIndex={0}>
            {SAMPLE}
          </pre>
        </Panel>
      ) : (
        <Panel
          title={file.name}
          note={t.imports.rows(file.rows.length)}
          flush
          actions={
            mayChange &&
            !real.started && (
              <Button
                kind="primary"
                disabled={running || toDo === 0 || dry.failure !== undefined}
                onClick={() => void real.run(file.rows, false)}
              >
                {t.imports.doIt(toDo)}
              </Button>
            )
          }
        >
          <div class="import-state">
            <Progress
              done={shown.results.length}
              of={file.rows.length}
              label={real.started ? t.imports.importing : t.imports.trying}
            />
            <p role="status">
              {shown.busy
                ? (real.started ? t.imports.runningNow : t.imports.tryingNow)(
                    shown.results.length,
                    file.rows.length,
                  )
                : real.started
                  ? t.imports.done
                  : toDo === 0
                    ? t.imports.nothingToDo
                    : t.imports.tried}
            </p>
            {shown.failure !== undefined && (
              <Failed
                failure={shown.failure}
                what={t.imports.stopped(shown.results.length)}
                retry={() => void shown.run(file.rows, !real.started)}
              />
            )}
          </div>
          <Results results={shown.results} />
          {real.started && !real.busy && (
            <p class="below-table">
              <a href={addressOf({ page: 'orders', mchid, filter: {} })}>{t.imports.toOrders}</a>
            </p>
          )}
        </Panel>
      )}
    </Page>
  );
}

const SAMPLE = `sub_mchid,out_order_no,service_id,total_amount,completed_at
1230000109,BIKE-2001,00004000000000159540000000000001,1250,2026-11-01 12:00:00
1230000109,BIKE-2002,00004000000000159540000000000001,,`;
