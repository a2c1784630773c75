import type { ComponentChildren } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { ChartNoAxesCombined, FileUp, LogOut, Menu, ReceiptText, ScrollText, Store, X } from 'lucide-preact';
import { LANGUAGES, TEXTS } from '../texts';
import { Button, Choices } from '../ui/basic';
import { useConsole } from './console';
import type { Theme } from './preferences';
import { addressOf, PAGES, type PageName, type Route } from './routes';
import { goTo, useRoute } from './use-route';

const ICONS = {
  overview: ChartNoAxesCombined,
  orders: ReceiptText,
  merchants: Store,
  policies: ScrollText,
  import: FileUp,
} as const satisfies Record<PageName, unknown>;

/** Navigation at the left, or behind a button where there is no room; the page beside it. */
export function Layout({ started, children }: { started: boolean; children: ComponentChildren }) {
  const { t, merchants } = useConsole();
  const route = useRoute();
  const [open, setOpen] = useState(false);
  useEffect(() => {
    setOpen(false);
    document.querySelector('main')?.scrollTo(0, 0);
    scrollTo(0, 0);
  }, [route]);
  const mchid = 'mchid' in route ? route.mchid : merchants[0];
  return (
    <div class={`shell ${open ? 'open' : ''}`}>
      <a class="skip" href="#main" onClick={(event) => skip(event)}>
        {t.common.skip}
      </a>
      <header class="bar">
        <Button
          kind="quiet"
          label={t.shell.menu}
          pressed={open}
          onClick={() => setOpen(!open)}
          icon={open ? <X size={20} aria-hidden="true" /> : <Menu size={20} aria-hidden="true" />}
        />
        <span class="brand-name">{t.shell.title}</span>
      </header>
      <aside class="side">
        <div class="brand">
          <span class="mark" aria-hidden="true" />
          <span>
            <span class="brand-name">{t.shell.title}</span>
            <span class="brand-sub">{t.shell.subtitle}</span>
          </span>
        </div>
        {started && mchid !== undefined && (
          <>
            <MerchantChooser mchid={mchid} route={route} />
            <nav aria-label={t.shell.navigation}>
              {PAGES.map((page) => (
                <NavLink key={page} page={page} mchid={mchid} current={route.page} />
              ))}
            </nav>
          </>
        )}
        <Foot started={started} />
      </aside>
      <main id="main" tabIndex={-1}>
        {children}
      </main>
    </div>
  );
}

/** The fragment names the page, so this link may not change it. */
function skip(event: Event): void {
  event.preventDefault();
  document.querySelector<HTMLElement>('#main')?.focus();
}

function NavLink({ page, mchid, current }: { page: PageName; mchid: string; current: Route['page'] }) {
  const { t } = useConsole();
  const Icon = ICONS[page];
  const names: Readonly<Record<PageName, string>> = {
    overview: t.overview.title,
    orders: t.orders.title,
    merchants: t.merchants.title,
    policies: t.policies.title,
    import: t.imports.title,
  };
  const target: Exclude<Route, { page: 'unknown' }> =
    page === 'orders' ? { page, mchid, filter: {} } : { page, mchid };
  const here = current === page || (page === 'orders' && current === 'order');
  return (
    <a href={addressOf(target)} aria-current={here ? 'page' : undefined}>
      <Icon size={18} aria-hidden="true" />
      {names[page]}
    </a>
  );
}

function MerchantChooser({ mchid, route }: { mchid: string; route: Route }) {
  const { t, merchants } = useConsole();
  const known = merchants.includes(mchid) ? merchants : [mchid, ...merchants];
  return (
    <div class="chooser">
      <label for="merchant">{t.shell.merchant}</label>
      <select
        id="merchant"
        value={mchid}
        onChange={(event) => {
          const next = event.currentTarget.value;
          const page =
            route.page === 'merchants' || route.page === 'policies' || route.page === 'import'
              ? route.page
              : undefined;
          if (page !== undefined) return goTo({ page, mchid: next });
          return route.page === 'orders' || route.page === 'order'
            ? goTo({ page: 'orders', mchid: next, filter: {} })
            : goTo({ page: 'overview', mchid: next });
        }}
      >
        {known.map((one) => (
          <option key={one} value={one}>
            {one}
          </option>
        ))}
      </select>
    </div>
  );
}

function Foot({ started }: { started: boolean }) {
  const { t, me, language, preferences, prefer, signOut } = useConsole();
  const themes: readonly Theme[] = ['system', 'light', 'dark'];
  return (
    <div class="foot">
      <Choices
        label={t.shell.language}
        value={language}
        onChange={(next) => prefer({ language: next })}
        choices={LANGUAGES.map((value) => ({ value, label: TEXTS[value].name }))}
      />
      <Choices
        label={t.shell.theme}
        value={preferences.theme}
        onChange={(theme) => prefer({ theme })}
        choices={themes.map((value) => ({ value, label: t.shell.themes[value] }))}
      />
      <p class="zone-note">{t.shell.zone}</p>
      {started && (
        <div class="me">
          <span>
            <span class="me-name">{me.name ?? me.id}</span>
            <span class="me-role">
              {me.roles.map((role) => t.shell.roles[role]).join(', ') || t.shell.noRole}
              {signOut === null && ` · ${t.shell.local}`}
            </span>
          </span>
          {signOut !== null && (
            <Button
              kind="quiet"
              label={t.shell.signOut}
              icon={<LogOut size={16} aria-hidden="true" />}
              onClick={() => void signOut()}
            />
          )}
        </div>
      )}
    </div>
  );
}
