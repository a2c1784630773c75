import type { Language } from '../texts';

export type Theme = 'system' | 'light' | 'dark';

/** How somebody likes the page to look; no secret, so it may outlive the tab. */
export interface Preferences {
  readonly language: Language;
  readonly theme: Theme;
}

const KEY = 'payscore-collector';

/** zh-CN where the browser asks for any Chinese before anything else, unless somebody chose. */
export function readPreferences(): Preferences {
  const kept = keptPreferences();
  return {
    language: kept.language ?? (/^zh\b/i.test(navigator.language) ? 'zh-CN' : 'en'),
    theme: kept.theme ?? 'system',
  };
}

function keptPreferences(): Partial<Preferences> {
  try {
    const kept = JSON.parse(localStorage.getItem(KEY) ?? '{}') as Partial<Record<keyof Preferences, unknown>>;
    return {
      ...(kept.language === 'en' || kept.language === 'zh-CN' ? { language: kept.language } : {}),
      ...(kept.theme === 'light' || kept.theme === 'dark' ? { theme: kept.theme } : {}),
    };
  } catch {
    // A browser that keeps nothing for this page: the defaults hold.
    return {};
  }
}

export function keepPreferences(preferences: Preferences): void {
  try {
    localStorage.setItem(KEY, JSON.stringify(preferences));
  } catch {
    // As above: the choice holds until the page is closed.
  }
}

/** Shows the choice to the style sheet and to whoever reads the page aloud. */
export function applyPreferences({ language, theme }: Preferences): void {
  const { dataset } = document.documentElement;
  document.documentElement.lang = language;
  if (theme === 'system') delete dataset['theme'];
  else dataset['theme'] = theme;
}
