/** Does something with each of a list, so many at a time, in their order; `onDone` is told of each. */
export async function sideBySide<In, Out>(
  items: readonly In[],
  atOnceMax: number,
  each: (item: In) => Promise<Out>,
  onDone: (out: Out, item: In) => void,
): Promise<void> {
  const waiting = items.values();
  const worker = async () => {
    for (const item of waiting) onDone(await each(item), item);
  };
  await Promise.all(Array.from({ length: Math.min(atOnceMax, items.length) }, worker));
}
