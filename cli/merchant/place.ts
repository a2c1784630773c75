/** In the order in which they are written: nothing should be able to sign that cannot verify yet. */
export const PARTS = ['verify', 'signing'] as const;
export type Part = (typeof PARTS)[number];
/** The secrets' texts; absent ones are not there. */
export type Texts = Readonly<Partial<Record<Part, string>>>;

/** Where the two secrets of a merchant number are kept: AWS Secrets Manager, or a file for the local run. */
export interface Place {
  /** For sentences. */
  readonly label: string;
  /** The options that name it. */
  readonly option: string;
  nameOf(part: Part): string;
  read(): Promise<Texts>;
  /**
   * Writes what is in `changes`, part by part; `before` says which of them exist. `written` is told of each that stands.
   * @throws UsageError
   */
  write(changes: Texts, before: Texts, written: (part: Part) => void): Promise<void>;
}
