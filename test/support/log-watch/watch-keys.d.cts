/** Bytes that are to stay secret, and what they are. */
export interface WatchedKey {
  readonly name: string;
  readonly hex: string;
}
/** Calls `tell` with each new key that goes through node:crypto, until the function that it returns is called. */
export declare function watchKeys(tell: (key: WatchedKey) => void): () => void;
