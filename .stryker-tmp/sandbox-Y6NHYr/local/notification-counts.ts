import type { Delivery } from './wechatpay';

/** What became of notifications (回调通知), by WeChat Pay's own record. */
export interface NotificationCounts {
  /** Deliveries that came, whatever was wrong with them; each copy and each retry is one. */
  readonly came: number;
  /** Of those, answered 200 or 204. */
  readonly taken: number;
  /** Notifications that never came. */
  readonly lost: number;
  /** Of those taken, by the key that signed them. */
  readonly by_certificate: number;
  readonly by_public_key: number;
  /** Deliveries that were refused, by what was wrong with them. */
  readonly refused: Readonly<Partial<Record<NonNullable<Delivery['wrong']> | 'nothing', number>>>;
}

export function isTaken({ outcome }: Pick<Delivery, 'outcome'>): boolean {
  return outcome.kind === 'answered' && (outcome.status === 200 || outcome.status === 204);
}

export function countNotifications(deliveries: readonly Delivery[]): NotificationCounts {
  const came = deliveries.filter(
    ({ outcome }) => outcome.kind === 'answered' || outcome.kind === 'no_answer',
  );
  const taken = came.filter(isTaken);
  const refused: Partial<Record<keyof NotificationCounts['refused'], number>> = {};
  for (const { wrong = 'nothing' } of came.filter((one) => !isTaken(one)))
    refused[wrong] = (refused[wrong] ?? 0) + 1;
  return {
    came: came.length,
    taken: taken.length,
    lost: deliveries.filter(({ outcome }) => outcome.kind === 'lost').length,
    by_certificate: taken.filter(({ signed_by }) => signed_by === 'certificate').length,
    by_public_key: taken.filter(({ signed_by }) => signed_by === 'public_key').length,
    refused,
  };
}
