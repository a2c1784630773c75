import { Clock3 } from 'lucide-preact';
import { call } from '../../api/client';
import type { NoOverview, Overview } from '../../api/types';
import { useConsole } from '../../app/console';
import { addressOf, type OrderFilter } from '../../app/routes';
import { counted, percent, yuan } from '../../lib/money';
import { Empty, Panel, When } from '../../ui/basic';
import { Lines, Load, Reload } from '../../ui/load';
import { Page } from '../../ui/page';
import { useLoad } from '../../ui/use-load';
import { Attempts } from './attempts';
import { Days } from './days';
import { HeatMap } from './heat-map';
import { Needs } from './needs';
import { SubCodes } from './sub-codes';

/** openapi-fetch leaves out what can only be `null`. */
type Unmade = Omit<NoOverview, 'as_of'>;

export function OverviewPage({ mchid }: { mchid: string }) {
  const { api, t } = useConsole();
  const loading = useLoad<Overview | Unmade>(`overview ${mchid}`, async (leaving) =>
    call<Overview | Unmade>(
      async (signal) => api.GET('/v1/merchants/{mchid}/overview', { params: { path: { mchid } }, signal }),
      leaving,
    ),
  );
  const { state } = loading;
  const asOf = state.kind === 'ready' && isMade(state.value) ? state.value.as_of : null;
  return (
    <Page
      title={t.overview.title}
      lead={
        asOf !== null && (
          <p>
            {t.overview.asOf} <When at={asOf} seconds zone />
          </p>
        )
      }
      actions={<Reload loading={loading} />}
    >
      <Load loading={loading} what={t.overview.title} skeleton={<Skeleton />}>
        {(overview) => (isMade(overview) ? <Shown overview={overview} /> : <NotYet />)}
      </Load>
    </Page>
  );
}

function isMade(overview: Overview | Unmade): overview is Overview {
  return 'as_of' in overview && overview.as_of !== null;
}

function NotYet() {
  const { t } = useConsole();
  return (
    <Panel>
      <Empty icon={<Clock3 size={28} aria-hidden="true" />} title={t.overview.notYet}>
        <p>{t.overview.notYetText}</p>
      </Empty>
    </Panel>
  );
}

function Skeleton() {
  return (
    <>
      <div class="tiles" aria-hidden="true">
        {Array.from({ length: 6 }, (_, at) => (
          <div key={at} class="tile">
            <Lines count={2} />
          </div>
        ))}
      </div>
      <Lines count={8} />
    </>
  );
}

function Shown({ overview }: { overview: Overview }) {
  const { t } = useConsole();
  const { mchid, owed, recovered, due_today, in_flight, unknown, watched } = overview;
  const share = percent(recovered.amount, recovered.amount + owed.amount);
  return (
    <>
      <Needs overview={overview} />
      <div class="tiles">
        <Tile
          name={t.overview.owed}
          big={yuan(owed.amount)}
          small={t.overview.orders(owed.orders)}
          mchid={mchid}
          filter={{}}
        />
        <Tile
          name={t.overview.recovered}
          big={yuan(recovered.amount)}
          small={[t.overview.orders(recovered.orders), share === null ? '' : t.overview.share(share)]
            .filter(Boolean)
            .join(' · ')}
          mchid={mchid}
          filter={{ status: 'paid' }}
        />
        <Tile
          name={t.overview.dueToday}
          big={yuan(due_today.amount)}
          small={t.overview.orders(due_today.orders)}
          mchid={mchid}
          filter={{ status: 'active' }}
        />
        <Tile name={t.overview.inFlight} big={counted(in_flight.orders)} small={t.overview.inFlightText} />
        <Tile
          name={t.overview.unknown}
          big={counted(unknown.orders)}
          small={t.overview.olderThanDay(unknown.older_than_24h)}
        />
        <Tile
          name={t.overview.watched}
          big={yuan(watched.amount)}
          small={t.overview.orders(watched.orders)}
          mchid={mchid}
          filter={{ status: 'watched' }}
        />
      </div>
      <Days overview={overview} />
      <div class="columns">
        <Stopped overview={overview} />
        <Attempts rows={overview.by_attempt} />
      </div>
      <HeatMap rows={overview.by_hour} />
      <SubCodes rows={overview.by_sub_code} />
    </>
  );
}

interface TileProps {
  readonly name: string;
  readonly big: string;
  readonly small: string;
  readonly mchid?: string;
  readonly filter?: OrderFilter;
}

function Tile({ name, big, small, mchid, filter }: TileProps) {
  const inside = (
    <>
      <span class="tile-name">{name}</span>
      <span class={`tile-big num ${big.length > 14 ? 'long' : ''}`}>{big}</span>
      <span class="tile-small">{small}</span>
    </>
  );
  return mchid === undefined || filter === undefined ? (
    <div class="tile">{inside}</div>
  ) : (
    <a class="tile" href={addressOf({ page: 'orders', mchid, filter })}>
      {inside}
    </a>
  );
}

function Stopped({ overview: { stopped } }: { overview: Overview }) {
  const { t, codes } = useConsole();
  return (
    <Panel title={t.overview.stopped} note={t.overview.stoppedNote}>
      {stopped.length === 0 ? (
        <Empty title={t.overview.noneStopped} />
      ) : (
        <ul class="stopped">
          {stopped.map(({ because, orders, amount }) => (
            <li key={because}>
              <span>{codes.stop[because]}</span>
              <span class="num">{yuan(amount)}</span>
              <span class="faint num">{t.overview.orders(orders)}</span>
            </li>
          ))}
        </ul>
      )}
    </Panel>
  );
}
