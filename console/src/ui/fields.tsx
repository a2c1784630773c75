import { useConsole } from '../app/console';
import { ZONE } from '../lib/time';
import { Field } from './basic';

interface TextProps {
  readonly value: string;
  readonly onChange: (value: string) => void;
}

/** Why somebody decides something: another will read it. */
export function ReasonField({ value, onChange }: TextProps) {
  const { t } = useConsole();
  return (
    <Field id="reason" label={t.actions.reason} hint={t.actions.reasonHint}>
      {(described) => (
        <textarea
          {...described}
          rows={2}
          maxLength={300}
          required
          value={value}
          onInput={(event) => onChange(event.currentTarget.value)}
        />
      )}
    </Field>
  );
}

export function UserReasonField({ value, onChange }: TextProps) {
  const { t } = useConsole();
  return (
    <Field id="user-reason" label={t.actions.userReason} hint={t.actions.userReasonHint}>
      {(described) => (
        <input
          {...described}
          maxLength={50}
          value={value}
          onInput={(event) => onChange(event.currentTarget.value)}
        />
      )}
    </Field>
  );
}

export function UntilField({ value, onChange }: TextProps) {
  const { t } = useConsole();
  return (
    <TimeField
      id="until"
      label={t.actions.until}
      hint={t.actions.untilHint}
      value={value}
      onChange={onChange}
    />
  );
}

export function TimeField(
  props: TextProps & { readonly id: string; readonly label: string; readonly hint?: string },
) {
  const { id, label, hint, value, onChange } = props;
  return (
    <Field id={id} label={`${label} (${ZONE})`} {...(hint === undefined ? {} : { hint })}>
      {(described) => (
        <input
          {...described}
          type="datetime-local"
          value={value}
          onInput={(event) => onChange(event.currentTarget.value)}
        />
      )}
    </Field>
  );
}
