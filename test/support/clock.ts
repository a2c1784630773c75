/** One clock for the service and for WeChat Pay; it moves only when a test moves it. */
export interface Clock {
  readonly now: () => number;
  forward(ms: number): void;
}
