import { useState } from 'preact/hooks';
import type { PolicyChanged, PolicyKey, PolicyLayer, PolicyView } from '../../api/types';
import { useConsole } from '../../app/console';
import { useAction } from '../../app/use-action';
import { draftOf, POLICY_FIELDS, POLICY_KEYS, readDraft, spell, type Draft } from '../../lib/policy-form';
import { Button, Panel } from '../../ui/basic';
import { Dialog } from '../../ui/dialog';
import { Failed } from '../../ui/failure';
import { changePolicy, type PolicyLevel } from './policy-calls';
import { Preview } from './preview';

interface EditorProps {
  readonly level: PolicyLevel;
  readonly view: PolicyView;
  readonly onSaved: (view: PolicyView) => void;
  readonly onStale: () => void;
}

/** What this level says, key by key; a change is previewed on real orders before it is saved. */
export function Editor({ level, view, onSaved, onStale }: EditorProps) {
  const { api, t, mayChange, say } = useConsole();
  const [draft, setDraft] = useState<Draft>(() => draftOf(view.stored?.layer ?? {}));
  const [wanted, setWanted] = useState<PolicyLayer | null | undefined>();
  const preview = useAction<PolicyChanged>();
  const saving = useAction<PolicyChanged>();
  const read = readDraft(draft);
  const unreadable = read.ok ? [] : read.unreadable;
  const version = view.stored?.version ?? 0;
  const unchanged = JSON.stringify(draft) === JSON.stringify(draftOf(view.stored?.layer ?? {}));
  const look = async (layer: PolicyLayer | null) => {
    setWanted(layer);
    saving.reset();
    await preview.act(async () => changePolicy(api, level, { layer, version, dryRun: true }));
  };
  const save = async () => {
    if (wanted === undefined) return;
    const result = await saving.act(async () =>
      changePolicy(api, level, { layer: wanted, version, dryRun: false }),
    );
    if (!result?.ok) return;
    say(t.policies.saved);
    onSaved(result.value);
  };
  const stale =
    saving.acting.kind === 'failed' &&
    saving.acting.failure.kind === 'problem' &&
    saving.acting.failure.problem === 'policy-changed';
  return (
    <Panel
      title={t.policies.says}
      note={t.policies.saysNote}
      flush
      actions={
        mayChange && (
          <>
            {view.stored !== null && view.stored.layer !== null && (
              <Button onClick={() => void look(null)}>{t.policies.remove}</Button>
            )}
            <Button
              kind="primary"
              disabled={!read.ok || unchanged}
              onClick={() => void (read.ok && look(read.layer))}
            >
              {t.policies.preview}
            </Button>
          </>
        )
      }
    >
      <div class="policy">
        {POLICY_KEYS.map((key) => (
          <KeyRow
            key={key}
            name={key}
            view={view}
            text={draft[key]}
            unreadable={unreadable.includes(key)}
            disabled={!mayChange}
            onChange={(text) => setDraft((before) => changed(before, key, text))}
          />
        ))}
      </div>
      {wanted !== undefined && (
        <Dialog
          title={wanted === null ? t.policies.removeTitle : t.policies.previewTitle}
          wide
          busy={saving.acting.kind === 'busy'}
          onClose={() => setWanted(undefined)}
          foot={
            <>
              <Button onClick={() => setWanted(undefined)}>{t.common.cancel}</Button>
              {stale ? (
                <Button kind="primary" onClick={onStale}>
                  {t.common.reload}
                </Button>
              ) : (
                <Button
                  kind="danger"
                  busy={saving.acting.kind === 'busy'}
                  disabled={preview.acting.kind !== 'done'}
                  onClick={() => void save()}
                >
                  {wanted === null ? t.policies.remove : t.policies.save}
                </Button>
              )}
            </>
          }
        >
          <p class="says">{t.policies.sayWhat}</p>
          <Preview acting={preview.acting} />
          {saving.acting.kind === 'failed' && (
            <Failed failure={saving.acting.failure} what={t.actions.refused} />
          )}
        </Dialog>
      )}
    </Panel>
  );
}

/** In the order of the keys, so that what was changed back is unchanged. */
function changed(before: Draft, key: PolicyKey, text: string | undefined): Draft {
  const next: Partial<Record<PolicyKey, string>> = { ...before };
  if (text === undefined) delete next[key];
  else next[key] = text;
  const sorted = POLICY_KEYS.flatMap((one) => (next[one] === undefined ? [] : [[one, next[one]] as const]));
  return Object.fromEntries(sorted);
}

interface KeyRowProps {
  readonly name: PolicyKey;
  readonly view: PolicyView;
  /** Undefined: a wider level decides it. */
  readonly text: string | undefined;
  readonly unreadable: boolean;
  readonly disabled: boolean;
  readonly onChange: (text: string | undefined) => void;
}

function KeyRow({ name, view, text, unreadable, disabled, onChange }: KeyRowProps) {
  const { t, codes } = useConsole();
  const words = codes.policy[name];
  const source = view.sources[name];
  const effective = spell(name, view.effective);
  const kind = POLICY_FIELDS[name];
  const id = `policy-${name}`;
  const common = {
    id,
    disabled,
    'aria-describedby': `${id}-hint`,
    'aria-invalid': unreadable || undefined,
    value: text ?? '',
  };
  return (
    <div class="policy-row">
      <div class="policy-name">
        <label for={text === undefined ? `${id}-own` : id}>{words.name}</label>
        <p class="hint" id={`${id}-hint`}>
          {words.meaning} {kind === 'windows' && t.policies.windowsHint}{' '}
          {kind === 'dates' && t.policies.datesHint}
        </p>
        <code class="faint">{name}</code>
      </div>
      <div class="policy-value">
        <label class="check">
          <input
            id={`${id}-own`}
            type="checkbox"
            checked={text !== undefined}
            disabled={disabled}
            onChange={(event) => onChange(event.currentTarget.checked ? effective : undefined)}
          />
          {t.policies.decidedHere}
        </label>
        {text === undefined ? (
          <p class="effective">
            <span class="pre">{effective === '' ? t.policies.nothing : effective}</span>{' '}
            <span class="faint small">
              {codes.policyLevel[source.level]}
              {source.version > 0 && ` · ${t.policies.version(source.version)}`}
            </span>
          </p>
        ) : kind === 'windows' || kind === 'dates' ? (
          <textarea {...common} rows={3} onInput={(event) => onChange(event.currentTarget.value)} />
        ) : (
          <input
            {...common}
            inputMode={kind === 'number' ? 'numeric' : 'text'}
            onInput={(event) => onChange(event.currentTarget.value)}
          />
        )}
        {unreadable && <p class="error">{t.policies.unreadable}</p>}
      </div>
    </div>
  );
}
