import type { Construct } from 'constructs';
import { KEY_CARE_EVERY_MINUTES } from './manifest';
import { RegularRun } from './regular-run';

/** The schedule of `keys`. */
export class KeyCare extends RegularRun {
  constructor(scope: Construct, id: string) {
    super(scope, id, {
      everyMinutes: KEY_CARE_EVERY_MINUTES,
      description: 'Renews platform certificates and watches when certificates end',
    });
  }
}
