import { useState } from 'preact/hooks';
import { call } from '../../api/client';
import type { Merchant, Mode, Switch } from '../../api/types';
import { useConsole } from '../../app/console';
import { useAction } from '../../app/use-action';
import { Button, Choices, Field, Panel } from '../../ui/basic';
import { Dialog } from '../../ui/dialog';
import { Failed } from '../../ui/failure';

type Setting = Mode | 'inherit';
type Level =
  | { readonly kind: 'service' }
  | { readonly kind: 'merchant' }
  | { readonly kind: 'sub_merchant'; readonly sub_mchid: string };

interface Wanted {
  readonly level: Level;
  readonly mode: Setting;
}

interface SwitchesProps {
  readonly mchid: string;
  readonly shown: Merchant['switch'];
  readonly onChanged: () => void;
}

/** Off, observe or on, at each of three levels; the most careful of them holds. */
export function Switches({ mchid, shown, onChanged }: SwitchesProps) {
  const { t, mayChange } = useConsole();
  const [wanted, setWanted] = useState<Wanted | undefined>();
  const [sub, setSub] = useState('');
  const row = (level: Level, name: string, mode: Mode | null) => (
    <SwitchRow
      key={name}
      name={name}
      mode={mode ?? 'inherit'}
      disabled={!mayChange}
      onChange={(next) => setWanted({ level, mode: next })}
    />
  );
  return (
    <Panel title={t.merchants.switch} note={t.merchants.switchNote}>
      <div class="switches">
        {row({ kind: 'service' }, t.merchants.wholeService, shown.service)}
        {row({ kind: 'merchant' }, t.merchants.merchant(mchid), shown.merchant)}
        {Object.entries(shown.sub_merchants).map(([sub_mchid, mode]) =>
          row({ kind: 'sub_merchant', sub_mchid }, `${t.common.subMerchant} ${sub_mchid}`, mode),
        )}
      </div>
      {mayChange && (
        <form
          class="inline-form"
          onSubmit={(event) => {
            event.preventDefault();
            setWanted({ level: { kind: 'sub_merchant', sub_mchid: sub.trim() }, mode: 'off' });
          }}
        >
          <Field id="switch-sub" label={t.merchants.switchForSub}>
            {(described) => (
              <input
                {...described}
                inputMode="numeric"
                maxLength={32}
                value={sub}
                onInput={(event) => setSub(event.currentTarget.value)}
              />
            )}
          </Field>
          <Button type="submit" disabled={!/^\d{1,32}$/.test(sub.trim())}>
            {t.merchants.setSwitch}
          </Button>
        </form>
      )}
      {wanted !== undefined && (
        <SwitchDialog
          mchid={mchid}
          wanted={wanted}
          onChange={setWanted}
          onClose={(changed) => {
            setWanted(undefined);
            if (changed) {
              setSub('');
              onChanged();
            }
          }}
        />
      )}
    </Panel>
  );
}

function useModes(): readonly { readonly value: Setting; readonly label: string; readonly title: string }[] {
  const { t, codes } = useConsole();
  return [
    ...(['off', 'observe', 'on'] as const).map((value) => ({
      value,
      label: codes.mode[value].name,
      title: codes.mode[value].meaning,
    })),
    { value: 'inherit', label: t.merchants.inherit, title: t.merchants.inheritMeaning },
  ];
}

function SwitchRow(props: {
  name: string;
  mode: Setting;
  disabled: boolean;
  onChange: (mode: Setting) => void;
}) {
  const { name, mode, disabled, onChange } = props;
  const modes = useModes();
  return (
    <div class="switch-row">
      <span class="break">{name}</span>
      <Choices
        label={name}
        choices={modes}
        value={mode}
        disabled={disabled}
        onChange={(next) => {
          if (next !== mode) onChange(next);
        }}
      />
    </div>
  );
}

interface SwitchDialogProps {
  readonly mchid: string;
  readonly wanted: Wanted;
  readonly onChange: (wanted: Wanted) => void;
  readonly onClose: (changed: boolean) => void;
}

function SwitchDialog({ mchid, wanted, onChange, onClose }: SwitchDialogProps) {
  const { api, t, codes, say } = useConsole();
  const { acting, act } = useAction<Switch>();
  const modes = useModes();
  const { level, mode } = wanted;
  const name =
    level.kind === 'service'
      ? t.merchants.wholeService
      : level.kind === 'merchant'
        ? t.merchants.merchant(mchid)
        : `${t.common.subMerchant} ${level.sub_mchid}`;
  const set = async () => {
    const body = { mode };
    const result = await act(async () =>
      call<Switch>(async (signal) => {
        switch (level.kind) {
          case 'service':
            return api.PUT('/v1/switch', { body, signal });
          case 'merchant':
            return api.PUT('/v1/merchants/{mchid}/switch', { params: { path: { mchid } }, body, signal });
          case 'sub_merchant': {
            const path = { mchid, sub_mchid: level.sub_mchid };
            return api.PUT('/v1/merchants/{mchid}/switch/{sub_mchid}', { params: { path }, body, signal });
          }
        }
      }),
    );
    if (!result?.ok) return;
    say(t.merchants.switchIs(codes.mode[result.value.mode].name));
    onClose(true);
  };
  return (
    <Dialog
      title={t.merchants.switchTitle(name)}
      busy={acting.kind === 'busy'}
      onClose={() => onClose(false)}
      foot={
        <>
          <Button onClick={() => onClose(false)}>{t.common.cancel}</Button>
          <Button
            kind={mode === 'on' ? 'danger' : 'primary'}
            busy={acting.kind === 'busy'}
            onClick={() => void set()}
          >
            {t.merchants.switchConfirm(modes.find(({ value }) => value === mode)?.label ?? mode)}
          </Button>
        </>
      }
    >
      <Choices
        label={name}
        choices={modes}
        value={mode}
        onChange={(next) => onChange({ level, mode: next })}
      />
      <p class="says">{mode === 'inherit' ? t.merchants.inheritMeaning : t.merchants.switchSays[mode]}</p>
      {acting.kind === 'failed' && <Failed failure={acting.failure} what={t.actions.refused} />}
    </Dialog>
  );
}
