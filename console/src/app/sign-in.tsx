import { useState } from 'preact/hooks';
import { LogIn } from 'lucide-preact';
import { TEXTS, type Language } from '../texts';

interface SignInProps {
  readonly language: Language;
  readonly signIn: () => Promise<void>;
  /** Why the last try did not succeed. */
  readonly refused?: string | undefined;
  /** The token has ended while the page was in use: what is on it stays, under this. */
  readonly over?: boolean;
}

export function SignIn({ language, signIn, refused, over = false }: SignInProps) {
  const t = TEXTS[language].signIn;
  const [failed, setFailed] = useState(refused);
  const [busy, setBusy] = useState(false);
  const start = () => {
    setBusy(true);
    signIn().catch((error: unknown) => {
      setBusy(false);
      setFailed(error instanceof Error ? error.message : String(error));
    });
  };
  return (
    <div
      class={`sign-in ${over ? 'over' : ''}`}
      role={over ? 'dialog' : 'main'}
      aria-modal={over || undefined}
      aria-labelledby="sign-in-title"
    >
      <div class="sign-in-card">
        <span class="mark" aria-hidden="true" />
        <h1 id="sign-in-title">{over ? t.over : t.title}</h1>
        <p>{over ? t.overText : t.text}</p>
        {failed !== undefined && (
          <p class="error" role="alert">
            {t.refused}: {failed}
          </p>
        )}
        <button type="button" class="button primary" autoFocus disabled={busy} onClick={start}>
          <LogIn size={16} aria-hidden="true" />
          <span>{t.button}</span>
        </button>
      </div>
    </div>
  );
}
