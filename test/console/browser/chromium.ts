import { existsSync } from 'node:fs';
import { chromium, type Browser } from 'playwright-core';

const PLACES = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
] as const;

/** What lets it run in a container, and keeps it from calling home. */
const FLAGS = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
] as const;

/** @throws Error that says what to install, where there is no Chromium */
export async function launch(): Promise<Browser> {
  const given = process.env['CHROMIUM'];
  const executablePath = given ?? PLACES.find((place) => existsSync(place));
  if (executablePath === undefined || !existsSync(executablePath))
    throw new Error(
      'No Chromium was found. On Debian or Ubuntu: apt-get install -y chromium fonts-noto-cjk. Elsewhere name it: CHROMIUM=/path/to/chrome.',
    );
  return chromium.launch({ executablePath, headless: true, args: [...FLAGS] });
}
