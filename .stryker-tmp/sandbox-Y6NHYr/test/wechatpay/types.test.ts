import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const ROOT = join(__dirname, '../..');

function compile(project: string): { status: number | null; output: string } {
  const { status, stdout } = spawnSync(
    process.execPath,
    [join(ROOT, 'node_modules/typescript/bin/tsc'), '--noEmit', '--project', project],
    { encoding: 'utf8', timeout: 60_000 },
  );
  return { status, output: stdout };
}

test('right uses of the client compile, and every wrong one is refused by the compiler', () => {
  expect(compile(join(__dirname, 'tsconfig.types.json'))).toEqual({ status: 0, output: '' });
}, 60_000);

test('this test can fail: a wrong use without its mark, and a mark without a wrong use, are found', () => {
  const directory = mkdtempSync(join(tmpdir(), 'payscore-types-'));
  try {
    const client = JSON.stringify(join(ROOT, 'lambda/wechatpay/client'));
    writeFileSync(
      join(directory, 'wrong.ts'),
      `import type { Wxpay } from ${client};
export async function use(wxpay: Wxpay): Promise<void> {
  const { pay } = wxpay.v3.payscore.partner.serviceorder._out_order_no_;
  await pay({ service_id: '1', sub_mchid: '2' });
  // @ts-expect-error -- nothing is wrong here
  await pay({ service_id: '1', sub_mchid: '2' }, { out_order_no: 'A' });
}
`,
    );
    writeFileSync(
      join(directory, 'tsconfig.json'),
      JSON.stringify({
        extends: join(ROOT, 'tsconfig.json'),
        compilerOptions: { typeRoots: [join(ROOT, 'node_modules/@types')] },
        include: [],
        files: ['wrong.ts'],
      }),
    );
    const { status, output } = compile(join(directory, 'tsconfig.json'));
    expect(status).not.toBe(0);
    expect(output).toMatch(/wrong\.ts\(4,9\): error TS2554/);
    expect(output).toMatch(/wrong\.ts\(5,3\): error TS2578/);
    expect(output.match(/error TS/g)).toHaveLength(2);
  } finally {
    rmSync(directory, { recursive: true });
  }
}, 60_000);
