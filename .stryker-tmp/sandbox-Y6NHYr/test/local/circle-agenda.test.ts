import { Agenda, forgeries } from '../../local/circle-agenda';
import type { CircleOrder } from '../../local/circle-orders';
import type { OrderKey } from '../../local/wechatpay';

describe('the agenda of the circle', () => {
  it('keeps what is due, once, in the order of its times, and hands on what there is to say', async () => {
    const said: string[] = [];
    const at = (instant: number, what?: string) => ({ at: instant, run: () => what });
    const agenda = new Agenda([
      at(30, 'third'),
      at(10, 'first'),
      at(20),
      { at: 25, run: async () => 'second' },
    ]);
    expect(agenda.nextAt()).toBe(10);
    await agenda.keep(
      () => 25,
      (what) => said.push(what),
    );
    expect([said, agenda.nextAt()]).toEqual([['first', 'second'], 30]);
    await agenda.keep(
      () => 29,
      (what) => said.push(what),
    );
    await agenda.keep(
      () => 30,
      (what) => said.push(what),
    );
    await agenda.keep(
      () => 31,
      (what) => said.push(what),
    );
    expect([said, agenda.nextAt()]).toEqual([['first', 'second', 'third'], Infinity]);
  });

  it('has the forgeries of all orders, but for those of an earlier run', async () => {
    const forged: OrderKey[] = [];
    const order = { mchid: '1', sub_mchid: '2', out_order_no: 'A', total_amount: 1 };
    const orders: CircleOrder[] = [
      { order, completed_at: 0, forgedAt: [99, 100, 200] },
      { order: { ...order, out_order_no: 'B' }, completed_at: 0 },
    ];
    const agenda = new Agenda(forgeries({ forge: (key) => void forged.push(key) }, orders, 100));
    expect(agenda.nextAt()).toBe(100);
    await agenda.keep(() => 200, fail);
    expect(forged.map(({ out_order_no }) => out_order_no)).toEqual(['A', 'A']);
  });
});

function fail(): never {
  throw new Error('there is nothing to say of a forgery');
}
