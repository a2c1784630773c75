import { useState } from 'preact/hooks';
import type { PolicyView } from '../../api/types';
import { useConsole } from '../../app/console';
import { addressOf } from '../../app/routes';
import { goTo } from '../../app/use-route';
import { Button, Field, Panel, When } from '../../ui/basic';
import { Lines, Load, Reload } from '../../ui/load';
import { Page } from '../../ui/page';
import { useLoad } from '../../ui/use-load';
import { Editor } from './editor';
import { showPolicy, type PolicyLevel } from './policy-calls';

export function PoliciesPage(level: PolicyLevel) {
  const { api, t } = useConsole();
  const { mchid, sub_mchid, service_id } = level;
  const loading = useLoad<PolicyView>(
    `policy ${mchid}/${sub_mchid ?? ''}/${service_id ?? ''}`,
    async (leaving) => showPolicy(api, level, leaving),
  );
  return (
    <Page title={t.policies.title} lead={<p>{t.policies.lead}</p>} actions={<Reload loading={loading} />}>
      <LevelChooser key={`${sub_mchid ?? ''}/${service_id ?? ''}`} level={level} />
      <Load loading={loading} what={t.policies.title} skeleton={<Lines count={14} />}>
        {(view) => (
          <>
            <Stored view={view} />
            <Editor
              key={`${view.stored?.version ?? 0}`}
              level={level}
              view={view}
              onSaved={loading.set}
              onStale={loading.reload}
            />
          </>
        )}
      </Load>
    </Page>
  );
}

function digits(text: string): boolean {
  return text === '' || /^\d{1,32}$/.test(text);
}

function LevelChooser({ level }: { level: PolicyLevel }) {
  const { t, codes } = useConsole();
  const { mchid } = level;
  const [sub, setSub] = useState(level.sub_mchid ?? '');
  const [service, setService] = useState(level.service_id ?? '');
  const submit = (event: Event) => {
    event.preventDefault();
    goTo({
      page: 'policies',
      mchid,
      ...(sub === '' ? {} : { sub_mchid: sub }),
      ...(sub === '' || service === '' ? {} : { service_id: service }),
    });
  };
  return (
    <Panel>
      <nav class="crumbs" aria-label={t.policies.level}>
        <a
          href={addressOf({ page: 'policies', mchid })}
          aria-current={level.sub_mchid === undefined ? 'page' : undefined}
        >
          {codes.policyLevel.provider} {mchid}
        </a>
        {level.sub_mchid !== undefined && (
          <a
            href={addressOf({ page: 'policies', mchid, sub_mchid: level.sub_mchid })}
            aria-current={level.service_id === undefined ? 'page' : undefined}
          >
            {codes.policyLevel.sub_merchant} {level.sub_mchid}
          </a>
        )}
        {level.service_id !== undefined && (
          <span aria-current="page">
            {codes.policyLevel.service} {level.service_id}
          </span>
        )}
      </nav>
      <form class="inline-form" onSubmit={submit}>
        <Field id="level-sub" label={t.common.subMerchant}>
          {(described) => (
            <input
              {...described}
              inputMode="numeric"
              maxLength={32}
              value={sub}
              onInput={(event) => setSub(event.currentTarget.value.trim())}
            />
          )}
        </Field>
        <Field id="level-service" label={t.common.service}>
          {(described) => (
            <input
              {...described}
              inputMode="numeric"
              maxLength={32}
              value={service}
              disabled={sub === ''}
              onInput={(event) => setService(event.currentTarget.value.trim())}
            />
          )}
        </Field>
        <Button type="submit" disabled={!digits(sub) || !digits(service)}>
          {t.policies.show}
        </Button>
      </form>
    </Panel>
  );
}

function Stored({ view }: { view: PolicyView }) {
  const { t } = useConsole();
  const { stored, effective_version } = view;
  return (
    <p class="note">
      {stored === null ? (
        t.policies.never
      ) : (
        <>
          {t.policies.version(stored.version)} · {t.policies.changedBy(stored.changed_by)} ·{' '}
          <When at={stored.changed_at} zone />
        </>
      )}{' '}
      · {t.policies.inForce} <code>{effective_version}</code>
    </p>
  );
}
