import type { Overview } from '../../api/types';
import { useConsole } from '../../app/console';
import { counted, percent } from '../../lib/money';
import { Empty, Panel } from '../../ui/basic';

/** How many attempts of each number took the money. */
export function Attempts({ rows }: { rows: Overview['by_attempt'] }) {
  const { t } = useConsole();
  return (
    <Panel title={t.overview.byAttempt} note={t.overview.byAttemptNote}>
      {rows.length === 0 ? (
        <Empty title={t.overview.noAttempts} />
      ) : (
        <table class="bars">
          <thead>
            <tr>
              <th scope="col">{t.overview.number}</th>
              <th scope="col">{t.overview.paidOf}</th>
              <th scope="col" class="numeric">
                {t.overview.success}
              </th>
            </tr>
          </thead>
          <tbody>
            {rows.map(({ attempt, attempts, paid }) => (
              <tr key={attempt}>
                <th scope="row" class="num">
                  {attempt}
                </th>
                <td>
                  <div class="meter">
                    <meter
                      min={0}
                      max={Math.max(attempts, 1)}
                      value={paid}
                      aria-label={t.overview.attemptMeter(attempt)}
                    />
                    <span class="faint num">
                      {counted(paid)} / {counted(attempts)}
                    </span>
                  </div>
                </td>
                <td class="numeric num">{percent(paid, attempts) ?? '—'}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </Panel>
  );
}
