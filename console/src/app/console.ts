import { createContext } from 'preact';
import { useContext } from 'preact/hooks';
import type { Api } from '../api/client';
import type { Language, Texts } from '../texts';
import type { Codes } from '../texts/codes';
import type { Preferences } from './preferences';

export type Role = 'viewer' | 'operator';

export interface Me {
  readonly id: string;
  readonly name?: string | undefined;
  readonly roles: readonly Role[];
}

/** What every part of the page has at hand. */
export interface Console {
  readonly api: Api;
  readonly me: Me;
  /** Whether the person may change anything; the API decides, this only keeps buttons away that it would refuse. */
  readonly mayChange: boolean;
  readonly merchants: readonly string[];
  readonly language: Language;
  readonly t: Texts;
  readonly codes: Codes;
  readonly preferences: Preferences;
  readonly prefer: (change: Partial<Preferences>) => void;
  /** Says for a moment, to eyes and ears, what was done. */
  readonly say: (what: string) => void;
  readonly signOut: (() => Promise<void>) | null;
}

export const ConsoleContext = createContext<Console | undefined>(undefined);

export function useConsole(): Console {
  const found = useContext(ConsoleContext);
  if (found === undefined) throw new Error('outside of the console');
  return found;
}
