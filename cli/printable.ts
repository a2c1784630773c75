/** Text that a file or a service wrote, without what a terminal would obey. */
export function printable(text: string): string {
  return text.replace(/\p{C}/gu, '\uFFFD');
}
