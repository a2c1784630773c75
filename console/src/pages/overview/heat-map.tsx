import type { Overview } from '../../api/types';
import { useConsole } from '../../app/console';
import { percent } from '../../lib/money';
import { heatMap, heatOf } from '../../lib/overview';
import { Panel } from '../../ui/basic';

/** Success by hour and weekday, as a table whose cells are coloured: what the colour says stands in the cell. */
export function HeatMap({ rows }: { rows: Overview['by_hour'] }) {
  const { t } = useConsole();
  const map = heatMap(rows);
  return (
    <Panel title={t.overview.byHour} note={t.overview.byHourNote} flush>
      <div class="table-scroll" tabIndex={0} role="region" aria-label={t.overview.byHour}>
        <table class="heat">
          <caption class="sr-only">{t.overview.byHour}</caption>
          <thead>
            <tr>
              <th scope="col">
                <span class="sr-only">{t.overview.weekday}</span>
              </th>
              {Array.from({ length: 24 }, (_, hour) => (
                <th key={hour} scope="col">
                  {String(hour).padStart(2, '0')}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {map.map((hours, weekday) => (
              <tr key={t.overview.weekdays[weekday]}>
                <th scope="row">{t.overview.weekdays[weekday]}</th>
                {hours.map((cell, hour) => (
                  <td
                    key={hour}
                    class={`h${heatOf(cell)}`}
                    title={cell.attempts === 0 ? undefined : t.overview.cell(cell.paid, cell.attempts)}
                  >
                    {cell.attempts === 0 ? (
                      <span class="sr-only">{t.overview.noAttempts}</span>
                    ) : (
                      <>
                        <span aria-hidden="true">{wholePercent(cell)}</span>
                        <span class="sr-only">
                          {t.overview.cell(cell.paid, cell.attempts)} ({percent(cell.paid, cell.attempts)})
                        </span>
                      </>
                    )}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <p class="legend">
        <span class="faint">{t.overview.heatLegend}</span>
      </p>
    </Panel>
  );
}

function wholePercent({ paid, attempts }: { readonly paid: number; readonly attempts: number }): string {
  return String(Math.floor((paid * 100) / attempts));
}
