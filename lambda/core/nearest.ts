/**
 * The one of `known` that `word` was probably meant to be: at most two edits away, or a third of the length of
 * `word` where that is more. The first of those that are equally near; undefined when none is. Upper and lower
 * case are the same.
 */
export function nearest(word: string, known: readonly string[]): string | undefined {
  const editsMax = Math.max(2, word.length / 3);
  let best: { readonly name: string; readonly edits: number } | undefined;
  for (const name of known) {
    // A difference in length is that many edits at least; it also keeps a word of a megabyte from being compared.
    if (Math.abs(word.length - name.length) > editsMax) continue;
    const edits = editsBetween(word.toLowerCase(), name.toLowerCase());
    if (edits <= Math.min(editsMax, (best?.edits ?? Infinity) - 1)) best = { name, edits };
  }
  return best?.name;
}

/**
 * Damerau-Levenshtein distance in the form of optimal string alignment: a letter put in, left out or exchanged,
 * or two neighbours swapped, is one edit, and what was swapped is not edited again.
 */
function editsBetween(a: string, b: string): number {
  const rows: number[][] = [Array.from({ length: b.length + 1 }, (_, j) => j)];
  const edits = (i: number, j: number) => rows[i]?.[j] as number;
  for (let i = 1; i <= a.length; i += 1) {
    const row = [i];
    rows.push(row);
    for (let j = 1; j <= b.length; j += 1) {
      const exchanged = edits(i - 1, j - 1) + (a[i - 1] === b[j - 1] ? 0 : 1);
      const swapped = a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1] ? edits(i - 2, j - 2) + 1 : Infinity;
      row.push(Math.min(edits(i - 1, j) + 1, edits(i, j - 1) + 1, exchanged, swapped));
    }
  }
  return edits(a.length, b.length);
}
