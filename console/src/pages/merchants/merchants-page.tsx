import { AlertTriangle } from 'lucide-preact';
import { call } from '../../api/client';
import type { Merchant } from '../../api/types';
import { useConsole } from '../../app/console';
import { addressOf } from '../../app/routes';
import { counted } from '../../lib/money';
import { Facts, Panel, When } from '../../ui/basic';
import { Lines, Load, Reload } from '../../ui/load';
import { Page } from '../../ui/page';
import { Progress } from '../../ui/progress';
import { useLoad } from '../../ui/use-load';
import { Breakers } from './breakers';
import { KeysShown } from './keys-shown';
import { Switches } from './switches';

export function MerchantsPage({ mchid }: { mchid: string }) {
  const { api, t, merchants } = useConsole();
  const loading = useLoad<Merchant>(`merchant ${mchid}`, async (leaving) =>
    call(
      async (signal) => api.GET('/v1/merchants/{mchid}', { params: { path: { mchid } }, signal }),
      leaving,
    ),
  );
  return (
    <Page title={t.merchants.title} actions={<Reload loading={loading} />}>
      {merchants.length > 1 && (
        <nav class="tabs" aria-label={t.merchants.title}>
          {merchants.map((one) => (
            <a
              key={one}
              href={addressOf({ page: 'merchants', mchid: one })}
              aria-current={one === mchid ? 'page' : undefined}
              class="mono"
            >
              {one}
            </a>
          ))}
        </nav>
      )}
      <Load loading={loading} what={t.merchants.merchant(mchid)} skeleton={<Lines count={12} />}>
        {(merchant) => (
          <>
            <Warnings merchant={merchant} />
            <div class="columns">
              <Switches mchid={mchid} shown={merchant.switch} onChanged={loading.reload} />
              <Rate budget={merchant.budget} />
            </div>
            <Breakers mchid={mchid} breakers={merchant.breakers} onChanged={loading.reload} />
            <KeysShown keys={merchant.keys} />
            <PolicyLevels merchant={merchant} />
          </>
        )}
      </Load>
    </Page>
  );
}

function Warnings({ merchant: { keys } }: { merchant: Merchant }) {
  const { t } = useConsole();
  if ('fault' in keys || keys.warnings.length === 0) return null;
  return (
    <ul class="warnings">
      {keys.warnings.map(({ what, serial_no, valid_to, days_left }) => (
        <li key={serial_no}>
          <AlertTriangle size={16} aria-hidden="true" />
          <span>
            {days_left < 0
              ? t.merchants.ended(t.merchants.what[what])
              : t.merchants.ends(t.merchants.what[what], days_left)}{' '}
            <span class="mono break">{serial_no}</span> · <When at={valid_to} zone />
          </span>
        </li>
      ))}
    </ul>
  );
}

function Rate({ budget: { calls_max, calls_taken, until } }: Pick<Merchant, 'budget'>) {
  const { t } = useConsole();
  return (
    <Panel title={t.merchants.rate} note={t.merchants.rateNote}>
      <p class="big">
        <span class="num">{counted(calls_taken)}</span>
        <span class="faint"> / {counted(calls_max)}</span>
      </p>
      <Progress done={calls_taken} of={calls_max} label={t.merchants.rate} />
      <Facts rows={[{ name: t.merchants.windowEnds, value: <When at={until} seconds zone /> }]} />
    </Panel>
  );
}

function PolicyLevels({ merchant: { mchid, policies } }: { merchant: Merchant }) {
  const { t, codes } = useConsole();
  const levels = [
    {
      name: codes.policyLevel.provider,
      href: addressOf({ page: 'policies', mchid }),
      note: policies.provider === null ? t.merchants.saysNothing : t.policies.version(policies.provider),
    },
    ...policies.sub_merchants.map((sub_mchid) => ({
      name: `${codes.policyLevel.sub_merchant} ${sub_mchid}`,
      href: addressOf({ page: 'policies', mchid, sub_mchid }),
      note: '',
    })),
    ...policies.services.map((pair) => {
      const [sub_mchid = '', service_id = ''] = pair.split('/');
      return {
        name: `${codes.policyLevel.service} ${pair}`,
        href: addressOf({ page: 'policies', mchid, sub_mchid, service_id }),
        note: '',
      };
    }),
  ];
  return (
    <Panel title={t.policies.title}>
      <ul class="plain-list">
        {levels.map(({ name, href, note }) => (
          <li key={href}>
            <a href={href} class="break">
              {name}
            </a>{' '}
            <span class="faint">{note}</span>
          </li>
        ))}
      </ul>
    </Panel>
  );
}
