/** How much of a known number is done. */
export function Progress({ done, of, label }: { done: number; of: number; label: string }) {
  return <progress class="progress" value={done} max={Math.max(of, 1)} aria-label={label} />;
}
