import type { ComponentChildren } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { X } from 'lucide-preact';
import { useConsole } from '../app/console';
import { Button } from './basic';

interface DialogProps {
  readonly title: string;
  readonly onClose: () => void;
  /** While a call is under way it stays open: what came of it has to be seen. */
  readonly busy?: boolean;
  readonly children: ComponentChildren;
  readonly foot?: ComponentChildren;
  readonly wide?: boolean;
}

/** The browser's own modal dialog: it keeps the focus in, and gives it back. */
export function Dialog({ title, onClose, busy = false, children, foot, wide }: DialogProps) {
  const { t } = useConsole();
  const ref = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    const before = document.activeElement;
    ref.current?.showModal();
    return () => {
      if (before instanceof HTMLElement) before.focus();
    };
  }, []);
  return (
    <dialog
      ref={ref}
      class={wide ? 'wide' : ''}
      aria-labelledby="dialog-title"
      onCancel={(event) => {
        event.preventDefault();
        if (!busy) onClose();
      }}
    >
      <header>
        <h2 id="dialog-title">{title}</h2>
        <Button
          kind="quiet"
          label={t.common.close}
          disabled={busy}
          onClick={onClose}
          icon={<X size={18} aria-hidden="true" />}
        />
      </header>
      <div class="dialog-inside">{children}</div>
      {foot !== undefined && <footer>{foot}</footer>}
    </dialog>
  );
}
