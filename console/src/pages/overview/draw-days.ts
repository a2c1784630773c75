import {
  BarController,
  BarElement,
  CategoryScale,
  Chart,
  type ChartOptions,
  Legend,
  LinearScale,
  LineController,
  LineElement,
  PointElement,
  Tooltip,
} from 'chart.js';
import { counted, yuan } from '../../lib/money';
import type { DayRow } from '../../lib/overview';

Chart.register(
  BarController,
  BarElement,
  CategoryScale,
  Legend,
  LinearScale,
  LineController,
  LineElement,
  PointElement,
  Tooltip,
);

/** The axis may go beyond what any order can come to. */
function spelled(fen: number): string {
  return Number.isSafeInteger(fen) ? yuan(fen) : '';
}

interface Names {
  readonly recovered: string;
  readonly attempts: string;
}

/** Draws the days onto the canvas; the answer takes the drawing away. Money is in fen until it is spelled. */
export function drawDays(canvas: HTMLCanvasElement, days: readonly DayRow[], names: Names): () => void {
  const style = getComputedStyle(document.documentElement);
  const colour = (name: string) => style.getPropertyValue(name).trim();
  const ticks = { color: colour('--faint'), font: { family: style.fontFamily, size: 11 }, maxRotation: 0 };
  const chart = new Chart(canvas, {
    data: {
      labels: days.map(({ date }) => date.slice(5)),
      datasets: [
        {
          type: 'bar',
          label: names.recovered,
          data: days.map(({ amount }) => amount),
          backgroundColor: colour('--accent'),
          borderRadius: 3,
          maxBarThickness: 28,
          yAxisID: 'money',
          order: 1,
        },
        {
          type: 'line',
          label: names.attempts,
          data: days.map(({ attempts }) => attempts),
          borderColor: colour('--chart-line'),
          backgroundColor: colour('--chart-line'),
          borderWidth: 1.5,
          pointRadius: 0,
          pointHitRadius: 8,
          yAxisID: 'attempts',
          order: 0,
        },
      ],
    },
    options: {
      animation: false,
      maintainAspectRatio: false,
      interaction: { mode: 'index', intersect: false },
      scales: {
        x: { grid: { display: false }, ticks: { ...ticks, autoSkipPadding: 12 } },
        money: {
          beginAtZero: true,
          position: 'left',
          grid: { color: colour('--line') },
          border: { display: false },
          ticks: { ...ticks, maxTicksLimit: 5, callback: (value) => spelled(Math.round(Number(value))) },
        },
        attempts: {
          beginAtZero: true,
          position: 'right',
          grid: { display: false },
          border: { display: false },
          ticks: { ...ticks, maxTicksLimit: 5, precision: 0 },
        },
      },
      plugins: pluginsOf(colour('--text'), style.fontFamily),
    },
  });
  return () => chart.destroy();
}

function pluginsOf(colour: string, family: string): NonNullable<ChartOptions['plugins']> {
  return {
    legend: {
      position: 'bottom',
      reverse: true,
      align: 'start',
      labels: {
        color: colour,
        boxWidth: 10,
        boxHeight: 10,
        font: { family, size: 12 },
      },
    },
    tooltip: {
      callbacks: {
        label: ({ dataset, parsed }) =>
          `${dataset.label ?? ''} ${dataset.type === 'bar' ? yuan(parsed.y ?? 0) : counted(parsed.y ?? 0)}`,
      },
    },
  };
}
