import type { ComponentChildren, JSX } from 'preact';
import { useState } from 'preact/hooks';
import { Check, Copy as CopyIcon } from 'lucide-preact';
import { useConsole } from '../app/console';
import { yuan } from '../lib/money';
import { minute, second, ZONE } from '../lib/time';

export type Tone = 'good' | 'bad' | 'warn' | 'info' | 'calm';

/** A state in a word; the colour repeats what the word says. */
export function Chip({ tone, children, title }: { tone: Tone; children: ComponentChildren; title?: string }) {
  return (
    <span class={`chip ${tone}`} title={title}>
      {children}
    </span>
  );
}

export function Amount({ fen }: { fen: number | undefined }) {
  return fen === undefined ? <span class="faint">—</span> : <span class="num">{yuan(fen)}</span>;
}

/** A time in Beijing; the whole of it, with its zone, on hovering and for whoever listens. */
export function When({
  at,
  seconds = false,
  zone = false,
}: {
  at: string;
  seconds?: boolean;
  zone?: boolean;
}) {
  const shown = seconds ? second(at) : minute(at);
  return (
    <time class="when" dateTime={at} title={`${second(at)} ${ZONE} (${at})`}>
      {shown}
      {zone && <span class="zone"> {ZONE}</span>}
    </time>
  );
}

interface ButtonProps {
  readonly onClick?: () => void;
  readonly kind?: 'primary' | 'danger' | 'quiet' | 'plain';
  readonly type?: 'button' | 'submit';
  readonly disabled?: boolean;
  readonly busy?: boolean;
  readonly icon?: ComponentChildren;
  readonly label?: string;
  readonly pressed?: boolean;
  readonly children?: ComponentChildren;
  readonly small?: boolean;
}

export function Button(props: ButtonProps) {
  const {
    onClick,
    kind = 'plain',
    type = 'button',
    disabled,
    busy,
    icon,
    label,
    pressed,
    children,
    small,
  } = props;
  return (
    <button
      type={type}
      class={`button ${kind}${small ? ' small' : ''}${children === undefined ? ' bare' : ''}`}
      onClick={onClick}
      disabled={disabled || busy}
      aria-busy={busy || undefined}
      aria-label={label}
      aria-pressed={pressed}
      title={children === undefined ? label : undefined}
    >
      {busy ? <span class="spinner" aria-hidden="true" /> : icon}
      {children !== undefined && <span>{children}</span>}
    </button>
  );
}

/** A text that is copied whole, such as a Request-ID. */
export function Copy({ text, label }: { text: string; label: string }) {
  const { t, say } = useConsole();
  const [copied, setCopied] = useState(false);
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(text);
    } catch {
      // Some browsers want to be asked first, and some say no.
      return say(t.common.notCopied);
    }
    setCopied(true);
    say(t.common.copied);
    setTimeout(() => setCopied(false), 1500);
  };
  return (
    <span class="copy">
      <code>{text}</code>
      <Button
        kind="quiet"
        small
        label={`${t.common.copy} ${label}`}
        onClick={() => void copy()}
        icon={copied ? <Check size={14} aria-hidden="true" /> : <CopyIcon size={14} aria-hidden="true" />}
      />
    </span>
  );
}

interface PanelProps {
  readonly title?: ComponentChildren;
  readonly note?: ComponentChildren;
  readonly actions?: ComponentChildren;
  readonly children: ComponentChildren;
  readonly flush?: boolean;
  readonly class?: string;
}

export function Panel({ title, note, actions, children, flush, class: name = '' }: PanelProps) {
  return (
    <section class={`panel ${flush ? 'flush' : ''} ${name}`}>
      {(title !== undefined || actions !== undefined) && (
        <header>
          <div>
            {title !== undefined && <h2>{title}</h2>}
            {note !== undefined && <p class="note">{note}</p>}
          </div>
          {actions !== undefined && <div class="actions">{actions}</div>}
        </header>
      )}
      <div class="inside">{children}</div>
    </section>
  );
}

export interface FactRow {
  readonly name: string;
  readonly value: ComponentChildren;
}

export function Facts({ rows }: { rows: readonly (FactRow | false)[] }) {
  return (
    <dl class="facts">
      {rows.map(
        (row) =>
          row && (
            <div key={row.name}>
              <dt>{row.name}</dt>
              <dd>{row.value}</dd>
            </div>
          ),
      )}
    </dl>
  );
}

export function Empty({
  icon,
  title,
  children,
}: {
  icon?: ComponentChildren;
  title: string;
  children?: ComponentChildren;
}) {
  return (
    <div class="empty">
      {icon}
      <p class="empty-title">{title}</p>
      {children !== undefined && <div class="empty-text">{children}</div>}
    </div>
  );
}

interface FieldProps {
  readonly id: string;
  readonly label: string;
  readonly hint?: ComponentChildren;
  readonly error?: string | undefined;
  readonly children: (described: {
    id: string;
    'aria-describedby': string | undefined;
    'aria-invalid': boolean | undefined;
  }) => JSX.Element;
}

export function Field({ id, label, hint, error, children }: FieldProps) {
  const told = [
    hint === undefined ? undefined : `${id}-hint`,
    error === undefined ? undefined : `${id}-error`,
  ]
    .filter(Boolean)
    .join(' ');
  return (
    <div class="field">
      <label for={id}>{label}</label>
      {children({
        id,
        'aria-describedby': told || undefined,
        'aria-invalid': error === undefined ? undefined : true,
      })}
      {hint !== undefined && (
        <p class="hint" id={`${id}-hint`}>
          {hint}
        </p>
      )}
      {error !== undefined && (
        <p class="error" id={`${id}-error`}>
          {error}
        </p>
      )}
    </div>
  );
}

export interface Choice<T extends string> {
  readonly value: T;
  readonly label: string;
  readonly title?: string;
}

/** One of a few, all in sight. */
export function Choices<T extends string>(props: {
  label: string;
  choices: readonly Choice<T>[];
  value: T | undefined;
  onChange: (value: T) => void;
  disabled?: boolean;
}) {
  const { label, choices, value, onChange, disabled } = props;
  return (
    <div class="choices" role="group" aria-label={label}>
      {choices.map((choice) => (
        <button
          key={choice.value}
          type="button"
          aria-pressed={choice.value === value}
          title={choice.title}
          disabled={disabled}
          onClick={() => onChange(choice.value)}
        >
          {choice.label}
        </button>
      ))}
    </div>
  );
}
