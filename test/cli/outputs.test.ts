import { linkSync, mkdirSync, readdirSync, readFileSync, symlinkSync } from 'node:fs';
import { demandOutputs } from '../../cli/outputs';
import { UsageError } from '../../local/usage-error';
import { temporaryFolder, type Folder } from './merchant-command';

let folder: Folder;
beforeEach(() => {
  folder = temporaryFolder();
});
afterEach(() => folder.remove());

describe('what a command writes', () => {
  test('may exist or not, and is not touched before there is something to write', () => {
    const report = folder.write('report.csv', 'of yesterday');
    demandOutputs(
      { '--report': report, '--json': folder.path('new.json'), '--other': undefined },
      { 'the file': folder.write('orders.csv', 'a,b\n'), '--none': folder.path('none') },
    );
    expect(readdirSync(folder.path('.')).toSorted()).toEqual(['orders.csv', 'report.csv']);
    expect(readFileSync(report, 'utf8')).toBe('of yesterday');
  });

  test.each([
    ['by the same name', () => folder.path('a')],
    ['by another spelling', () => folder.path('./b/../a')],
    ['through a symbolic link', () => folder.path('symbolic')],
    ['through a hard link', () => folder.path('hard')],
  ])('is not what it reads, named %s', (_, output) => {
    const input = folder.write('a', 'precious');
    mkdirSync(folder.path('b'));
    symlinkSync(input, folder.path('symbolic'));
    linkSync(input, folder.path('hard'));
    expect(() => demandOutputs({ '--json': output() }, { '--file': input })).toThrow(
      new UsageError(
        `--json: ${output()} is --file too and would be overwritten; name another file. Nothing was done.`,
      ),
    );
    expect(readFileSync(input, 'utf8')).toBe('precious');
  });

  test('is not what it reads even when neither is there, and nothing is left behind', () => {
    const file = folder.path('none.json');
    expect(() => demandOutputs({ '--json': file }, { '--file': file })).toThrow('is --file too');
    expect(readdirSync(folder.path('.'))).toEqual([]);
  });

  test('is two files where there are two options', () => {
    const file = folder.path('both');
    expect(() => demandOutputs({ '--report': file, '--json': file }, {})).toThrow(
      `--report: ${file} is --json too and would be overwritten`,
    );
    expect(readdirSync(folder.path('.'))).toEqual([]);
  });

  test('may go to nowhere twice', () => {
    expect(() => demandOutputs({ '--report': '/dev/null', '--json': '/dev/null' }, {})).not.toThrow();
  });

  test('is refused where it cannot be written', () => {
    expect(() => demandOutputs({ '--json': folder.path('none/x') }, {})).toThrow(
      new UsageError(`--json: ${folder.path('none/x')} cannot be written (ENOENT)`),
    );
    expect(() => demandOutputs({ '--json': folder.path('.') }, {})).toThrow('cannot be written (EISDIR)');
  });
});
