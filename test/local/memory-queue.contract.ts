/** A queue as the contract looks at it. */
export interface AnyQueue {
  send(body: string, delaySeconds: number): Promise<void>;
  receive(
    messagesMax: number,
  ): Promise<readonly { readonly receipt: string; readonly body: string; readonly receives: number }[]>;
  delete(receipt: string): Promise<void>;
  /** Lets time pass. */
  pass(seconds: number): Promise<void>;
  /** Bodies in the dead-letter queue. */
  dead(): Promise<readonly string[]>;
}

/** The queue that `make` gives is empty; a message is seen again after a second, and given up after three deliveries. */
export const VISIBILITY_SECONDS = 1;
export const RECEIVES_MAX = 3;

/** What every work queue has to keep, whatever it is made of. */
export function describeQueue(name: string, make: () => Promise<AnyQueue>): void {
  describe(name, () => {
    const bodies = (messages: readonly { readonly body: string }[]) =>
      messages.map(({ body }) => body).toSorted();

    test('a message is received by one, and by nobody else until its visibility is over', async () => {
      const queue = await make();
      await queue.send('A', 0);
      expect(bodies(await queue.receive(10))).toEqual(['A']);
      expect(await queue.receive(10)).toEqual([]);
      await queue.pass(VISIBILITY_SECONDS);
      expect(await queue.receive(10)).toMatchObject([{ body: 'A', receives: 2 }]);
    });

    test('a message that was deleted never comes back; one that was not does', async () => {
      const queue = await make();
      await queue.send('A', 0);
      await queue.send('B', 0);
      const received = await queue.receive(10);
      expect(bodies(received)).toEqual(['A', 'B']);
      await queue.delete(received.find(({ body }) => body === 'A')?.receipt ?? '');
      await queue.pass(VISIBILITY_SECONDS);
      expect(bodies(await queue.receive(10))).toEqual(['B']);
    });

    test('deleting twice, or what is not there any more, is no fault', async () => {
      const queue = await make();
      await queue.send('A', 0);
      const [message] = await queue.receive(1);
      await queue.delete(message?.receipt ?? '');
      await queue.delete(message?.receipt ?? '');
      expect(await queue.receive(10)).toEqual([]);
    });

    test('a message is not seen before its delay is over', async () => {
      const queue = await make();
      await queue.send('LATER', 1);
      await queue.send('NOW', 0);
      expect(bodies(await queue.receive(10))).toEqual(['NOW']);
      await queue.pass(1);
      expect(bodies(await queue.receive(10))).toContain('LATER');
    });

    test('one receive carries what it is asked for, and ten at most', async () => {
      const queue = await make();
      for (let count = 0; count < 12; count += 1) await queue.send(`M${count}`, 0);
      expect(await queue.receive(2)).toHaveLength(2);
      expect(await queue.receive(10)).toHaveLength(10);
    });

    test('what was delivered too often goes to the dead-letter queue, and is not delivered again', async () => {
      const queue = await make();
      await queue.send('POISON', 0);
      for (let receives = 1; receives <= RECEIVES_MAX; receives += 1) {
        expect(await queue.receive(10)).toMatchObject([{ body: 'POISON', receives }]);
        await queue.pass(VISIBILITY_SECONDS);
      }
      expect(await queue.receive(10)).toEqual([]);
      expect(await queue.dead()).toEqual(['POISON']);
    });
  });
}
