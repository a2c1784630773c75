import type { NotificationCounts } from './notification-counts';

/** What was wrong with a delivery, in a word or two. */
const WRONG: Readonly<Record<keyof NotificationCounts['refused'], string>> = {
  lost: 'lost',
  duplicated: 'duplicated',
  late: 'late',
  forged: 'forged',
  forgery: 'forged by a stranger',
  signtest: 'after a probe',
  probe: 'probes (SIGNTEST)',
  reserialised: 're-serialised',
  truncated: 'truncated',
  wrong_tenant: 'of another merchant',
  sp_mchid: 'with sp_mchid',
  stale: 'signed long ago',
  nothing: 'with nothing wrong',
};

/** What came of the notifications, in two lines. */
export function renderNotifications(counts: NotificationCounts): string {
  const { came, taken, lost, refused, by_certificate, by_public_key } = counts;
  const why = Object.entries(WRONG).flatMap(([wrong, words]) => {
    const times = refused[wrong as keyof typeof WRONG];
    return times === undefined ? [] : [`${times} ${words}`];
  });
  return [
    `  Notifications: ${came} came, ${taken} were taken (${by_certificate} signed by platform certificate, ${by_public_key} by public key),`,
    `  ${came - taken} were refused (${why.join(', ') || 'none'}); ${lost} never came: queries find what they would have told.`,
  ].join('\n');
}
