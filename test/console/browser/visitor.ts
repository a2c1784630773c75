import axe from 'axe-core';
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { CODES, TEXTS, type Language, type Texts } from '../../../console/src/texts';
import type { Codes } from '../../../console/src/texts/codes';

export interface VisitorOptions {
  readonly browser: Browser;
  readonly url: string;
  readonly language: Language;
  readonly theme?: 'light' | 'dark';
  /** A phone has 360. */
  readonly width?: number;
  readonly shots: string;
  /** Who signs in. */
  readonly person?: Person;
}

export type Person = 'operator' | 'viewer';

/** Nothing takes a tenth of it, but on a machine that does forty other things. */
const WAIT_MS = 60_000;

interface Violation {
  readonly id: string;
  readonly nodes: readonly { readonly target: readonly unknown[]; readonly failureSummary?: string }[];
}

/** Somebody at the page, and everything that goes wrong while he looks at it. */
export class Visitor {
  readonly t: Texts;
  readonly codes: Codes;
  readonly faults: string[] = [];
  /** Answers that a step brings about on purpose; the browser tells of each as an error. */
  expected: RegExp | undefined;

  private constructor(
    readonly page: Page,
    readonly context: BrowserContext,
    private readonly options: VisitorOptions,
  ) {
    this.t = TEXTS[options.language];
    this.codes = CODES[options.language];
    page.setDefaultTimeout(WAIT_MS);
    page.on('console', (message) => {
      // The provider's own page is not ours.
      const foreign = !['', new URL(options.url).origin].includes(originOf(message.location().url));
      if (message.type() === 'error' && !foreign && !this.expected?.test(message.text()))
        this.faults.push(`console: ${message.text()}`);
    });
    page.on('pageerror', (error) => this.faults.push(`error: ${error.message}`));
    page.on('request', (request) => {
      const { origin } = new URL(request.url());
      if (!this.origins.has(origin) && !/^(blob|data):/.test(request.url()))
        this.faults.push(`a third party was asked: ${origin}`);
    });
    this.origins.add(new URL(options.url).origin);
  }

  /** Where the page may come from, and talk to. */
  readonly origins = new Set<string>();

  static async arrive(options: VisitorOptions): Promise<Visitor> {
    const { browser, language, theme = 'light', width = 1280 } = options;
    const context = await browser.newContext({
      locale: language,
      colorScheme: theme,
      viewport: { width, height: width < 600 ? 780 : 860 },
      acceptDownloads: true,
      reducedMotion: 'reduce',
    });
    await context.grantPermissions(['clipboard-read', 'clipboard-write'], {
      origin: new URL(options.url).origin,
    });
    return new Visitor(await context.newPage(), context, options);
  }

  /** The same, signed in as somebody else; `before`: what is done to the page before it is opened. */
  async another(person: Person, before?: (page: Page) => Promise<void>): Promise<Visitor> {
    const other = await Visitor.arrive({ ...this.options, person });
    await before?.(other.page);
    await other.signIn();
    return other;
  }

  /** Signs in at the provider, and comes back to where it was left. */
  async signIn(): Promise<void> {
    const { url, person = 'operator' } = this.options;
    const config = (await (await fetch(`${url}/console/config.json`)).json()) as {
      oidc: { authority: string };
    };
    this.origins.add(new URL(config.oidc.authority).origin);
    await this.page.goto(`${url}/console/`);
    await this.button(this.t.signIn.button);
    await this.page.locator(`button[name=person][value=${person}]`).click();
    await this.heading(this.t.overview.title);
  }

  /** Makes the page as if it had just been opened: still signed in, and nothing of the step before is left. */
  async afresh(): Promise<void> {
    await this.page.unrouteAll({ behavior: 'ignoreErrors' });
    await this.page.goto('about:blank');
    await this.page.setViewportSize({ width: 1280, height: 860 });
    this.expected = undefined;
    this.faults.length = 0;
  }

  /** Goes to a page by its fragment; its heading is there when this resolves. */
  async goTo(fragment: string, heading: string): Promise<void> {
    await this.page.goto(`${this.options.url}/console/${fragment}`);
    await this.heading(heading);
  }

  async heading(name: string): Promise<void> {
    await this.page.getByRole('heading', { level: 1, name, exact: true }).waitFor();
  }

  async button(name: string | RegExp): Promise<void> {
    const exact = typeof name === 'string' ? { name, exact: true } : { name };
    await this.page.getByRole('button', exact).click();
  }

  /** In the dialog that is open. */
  async confirm(name: string | RegExp): Promise<void> {
    const exact = typeof name === 'string' ? { name, exact: true } : { name };
    await this.page.getByRole('dialog').getByRole('button', exact).click();
  }

  async sees(text: string | RegExp): Promise<void> {
    await this.page.getByText(text).first().waitFor();
  }

  /** A picture of it, that nothing hangs over its edge, and what axe has to say. */
  async look(name: string): Promise<void> {
    await this.settled();
    const file = await this.shot(name);
    const wide = await this.page.evaluate<number>('document.documentElement.scrollWidth - innerWidth');
    if (wide > 0) this.faults.push(`${file}: ${wide} px hang over the edge`);
    await this.page.evaluate(axe.source);
    const { violations } = await this.page.evaluate<{ violations: readonly Violation[] }>(
      'axe.run({ resultTypes: ["violations"] })',
    );
    for (const { id, nodes } of violations)
      this.faults.push(
        `${file}: axe ${id} ${nodes
          .map(({ target }) => target.join(' '))
          .slice(0, 3)
          .join(', ')}: ${nodes[0]?.failureSummary?.split('\n')[1]?.trim() ?? ''}`,
      );
  }

  /** Only a picture; its name without the ending. */
  async shot(name: string): Promise<string> {
    const { language, theme = 'light', shots } = this.options;
    const file = [name, language, theme].join('-');
    mkdirSync(shots, { recursive: true });
    await this.page.screenshot({ path: path.join(shots, `${file}.png`), fullPage: true });
    return file;
  }

  get language(): Language {
    return this.options.language;
  }

  get url(): string {
    return this.options.url;
  }

  /** Nothing on it is still being loaded. */
  async settled(): Promise<void> {
    await this.page.locator('[aria-busy=true]').first().waitFor({ state: 'detached' });
    await this.page.evaluate('document.fonts.ready.then(() => undefined)');
  }

  async leave(): Promise<void> {
    await this.context.close();
  }
}

function originOf(url: string): string {
  return URL.canParse(url) ? new URL(url).origin : '';
}
