import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { ACCESS_QUERIES, LOG_QUERIES } from '../../infra/log-queries';
import { ROUTES } from '../../lambda/routes';
import { scripts } from '../../package.json';
import { propertiesOf, synthesised } from '../infra/synthesised';

const runbook = readFileSync(path.join(__dirname, '../../docs/runbook.md'), 'utf8');
const template = synthesised({ events: 'true', import: 'true' });

/** As GitHub makes an anchor of a heading. */
const anchor = (heading: string) =>
  heading
    .toLowerCase()
    .replace(/[^\w\- ]/g, '')
    .replaceAll(' ', '-');
const headings = (level: string) =>
  [...runbook.matchAll(new RegExp(`^${level} (.+)$`, 'gm'))].map(([, text]) => anchor(String(text)));

/** Those under "Alarms" belong to alarms; the others are general. */
const sections = headings('###');

const alarms = propertiesOf(template, 'AWS::CloudWatch::Alarm').map(({ AlarmDescription }) =>
  String(AlarmDescription),
);
const blocks = [...runbook.matchAll(/^```sh\n(.*?)^```$/gms)].map(([, text]) => String(text));
const all = (pattern: RegExp) => [...runbook.matchAll(pattern)].map(([, word]) => String(word));

test('each alarm names a section that is there', () => {
  expect(alarms.length).toBeGreaterThan(40);
  const named = alarms.map((text) => /\(docs\/runbook\.md#([\w-]+)\)$/.exec(text)?.[1]);
  expect(named.filter((one) => one === undefined || !sections.includes(one))).toEqual([]);
});

test('each section belongs to an alarm, says what it means and what to do, and is there once', () => {
  const text = alarms.join('\n');
  expect(sections.filter((one) => !text.includes(`docs/runbook.md#${one})`))).toEqual([]);
  expect(new Set(sections).size).toBe(sections.length);
  const parts = runbook.split(/^## /m).find((part) => part.startsWith('Alarms')) ?? '';
  const bodies = parts.split(/^### /m).slice(1);
  expect(bodies).toHaveLength(sections.length);
  for (const body of bodies)
    for (const word of ['**It means:**', '**Look:**', '**Do:**']) expect(body).toContain(word);
});

test('each reference from one section to another arrives', () => {
  const there = [...headings('##'), ...sections];
  const links = all(/\]\(#([\w-]+)\)/g);
  expect(links.length).toBeGreaterThan(10);
  expect(links.filter((link) => !there.includes(link))).toEqual([]);
});

test('each command of our own exists', () => {
  const commands = all(/npm run ([\w:-]+)/g);
  expect(commands.length).toBeGreaterThan(10);
  expect(commands.filter((name) => !(name in scripts))).toEqual([]);
});

test('each route exists, each output of the stack, and each saved query', () => {
  const named = all(/^api (\w+ "?\/v1[^\s"?]*)/gm);
  expect(named.length).toBeGreaterThan(5);
  const patterns = ROUTES.map((route) => new RegExp(`^${route.replaceAll(/\{\w+\}/g, '[^/]+')}$`));
  expect(named.filter((one) => !patterns.some((route) => route.test(one.replaceAll('"', ''))))).toEqual([]);

  const outputs = Object.keys(template.findOutputs('*'));
  expect(
    all(/(?:output|waiting) ([A-Z]\w+)/g).filter((one) => one !== 'OUTPUT' && !outputs.includes(one)),
  ).toEqual([]);

  const queries = Object.keys({ ...LOG_QUERIES, ...ACCESS_QUERIES });
  const saved = [...runbook.matchAll(/^saved (?:'([^']+)'|(\w+))/gm)].map(([, long, short]) => long ?? short);
  expect(saved.length).toBeGreaterThan(20);
  expect(saved.filter((one) => one === undefined || !queries.includes(one))).toEqual([]);
});

test('rules that are looked for by the beginning of their name are called so', () => {
  const rules = Object.keys(template.findResources('AWS::Events::Rule'));
  for (const prefix of all(/--name-prefix "\$STACK-(\w+)"/g))
    expect(rules.filter((id) => id.startsWith(prefix))).toHaveLength(1);
});

test('every block is something that a shell understands', () => {
  expect(blocks.length).toBeGreaterThan(25);
  const { status, stderr } = spawnSync('bash', ['-n'], { input: blocks.join('\n'), encoding: 'utf8' });
  expect([status, stderr]).toEqual([0, '']);
});
