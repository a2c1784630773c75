/** The part of dynalite 4 that is used here; the package brings no types. */
declare module 'dynalite' {
  import type { Server } from 'node:http';

  interface DynaliteOptions {
    /** Directory of a LevelDB store; in memory without it. */
    readonly path?: string;
    /** How long a new table stays CREATING; 500 by default. */
    readonly createTableMs?: number;
  }

  export default function dynalite(options?: DynaliteOptions): Server;
}
