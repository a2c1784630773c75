import { CircleAlert, RotateCw } from 'lucide-preact';
import type { Failure } from '../api/result';
import { useConsole } from '../app/console';
import type { Texts } from '../texts';
import type { Codes } from '../texts/codes';
import { isRecord } from '../api/result';
import { Button } from './basic';

export interface SaidFailure {
  readonly title: string;
  readonly detail: string;
  readonly faults: readonly string[];
  /** WeChat Pay's words, or the state's, when the problem carries them. */
  readonly because?: string;
}

/** A failure in the words of a language; what the API says in its own words is told as it is. */
export function sayFailure(failure: Failure, t: Texts, codes: Codes): SaidFailure {
  switch (failure.kind) {
    case 'problem': {
      const known = failure.problem === undefined ? undefined : codes.problem[failure.problem];
      const because = becauseOf(failure.more, codes);
      return {
        title: known ?? failure.title,
        detail: failure.detail,
        faults: failure.errors.map(({ field, rule }) => (field === '' ? rule : `${field}: ${rule}`)),
        ...(because === undefined ? {} : { because }),
      };
    }
    case 'status':
      return {
        title: t.failure.byStatus[failure.status] ?? t.failure.status(failure.status),
        detail: failure.message,
        faults: [],
      };
    case 'unreachable':
      return { title: t.failure.unreachable, detail: t.failure.unreachableDetail, faults: [] };
    case 'slow':
      return { title: t.failure.slow, detail: t.failure.slowDetail(failure.seconds), faults: [] };
    case 'left':
      return { title: t.failure.left, detail: '', faults: [] };
  }
}

function becauseOf(more: Readonly<Record<string, unknown>>, codes: Codes): string | undefined {
  const { because, held_back: heldBack } = more;
  if (typeof because === 'string') return (codes.refusal as Readonly<Record<string, string>>)[because];
  if (!isRecord(heldBack)) return undefined;
  const table: Readonly<Record<string, Readonly<Record<string, string>>>> = {
    wait: codes.wait,
    stop: codes.stop,
  };
  return table[String(heldBack['action'])]?.[String(heldBack['because'])];
}

/** What failed, with every fault, and a way to go on. */
export function Failed({ failure, retry, what }: { failure: Failure; retry?: () => void; what?: string }) {
  const { t, codes } = useConsole();
  const said = sayFailure(failure, t, codes);
  const after = failure.kind === 'problem' ? failure.retryAfterSeconds : undefined;
  return (
    <div class="failed" role="alert">
      <CircleAlert size={18} aria-hidden="true" />
      <div>
        {what !== undefined && <p class="failed-what">{what}</p>}
        <p class="failed-title">{said.title}</p>
        {said.because !== undefined && <p>{said.because}</p>}
        {said.detail !== '' && <p class="failed-detail">{said.detail}</p>}
        {said.faults.length > 0 && (
          <ul>
            {said.faults.map((fault) => (
              <li key={fault}>{fault}</li>
            ))}
          </ul>
        )}
        {after !== undefined && <p class="faint">{t.failure.retryAfter(after)}</p>}
        {retry !== undefined && (
          <Button small icon={<RotateCw size={14} aria-hidden="true" />} onClick={retry}>
            {t.common.retry}
          </Button>
        )}
      </div>
    </div>
  );
}
