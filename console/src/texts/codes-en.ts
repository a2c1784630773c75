import type { Codes } from './codes';

const WAIT = 'The payment is being processed. Please look at it again in a few minutes.';
const LOOK_INTO = 'We are looking into it on our side. Nothing has to be done for now.';
const DECLINED =
  'WeChat Pay could not deduct the amount: the balance or the bank card did not suffice, or password-free payment was closed. Please open WeChat Pay > Payscore and pay the order by hand.';
const ASKING = 'We are checking with WeChat Pay how the order stands. Please look again in a few minutes.';

export const codesEn: Codes = {
  outcome: {
    accepted: {
      name: 'Accepted',
      meaning:
        'WeChat Pay took the request. Whether the user was charged is not known until a query shows it.',
      tell: WAIT,
    },
    in_progress: {
      name: 'Charging',
      meaning: 'WeChat Pay is charging the user (USERPAYING). This is not a payment yet and may still fail.',
      tell: WAIT,
    },
    busy: {
      name: 'Deduction running',
      meaning:
        'A deduction of this order is already running at WeChat Pay. It is left alone, then asked about.',
      tell: WAIT,
    },
    unknown: {
      name: 'Unknown',
      meaning:
        'It is not known what WeChat Pay did with the request. It is never sent again, only asked about.',
      tell: ASKING,
    },
    declined: {
      name: 'Declined',
      meaning: 'WeChat Pay took no money: balance, bank card, or a closed password-free agreement.',
      tell: DECLINED,
    },
    throttled: {
      name: 'Throttled',
      meaning: 'WeChat Pay says that requests came too fast, and should not have processed this one.',
      tell: LOOK_INTO,
    },
    contradicted: {
      name: 'Contradicted',
      meaning:
        'WeChat Pay says that the order is not pending. Error answers are not signed: a query has to confirm it.',
      tell: ASKING,
    },
    refused: {
      name: 'Refused',
      meaning:
        'WeChat Pay refused the request as it was made. If the order is still pending, a person has to look.',
      tell: LOOK_INTO,
    },
    misconfigured: {
      name: 'Not permitted',
      meaning:
        'WeChat Pay refused, not because of the order: the merchant’s keys, or the permission of this sub-merchant and service. Correct that first.',
      tell: LOOK_INTO,
    },
    not_sent: {
      name: 'Not sent',
      meaning: 'The request surely never left this service. Nothing happened at WeChat Pay.',
      tell: 'Nothing was charged. It is tried again later.',
    },
  },
  unknownBecause: {
    no_answer: 'no whole answer came back',
    unverified: 'the answer’s signature could not be verified',
    server_error: 'WeChat Pay had a system error',
    unrecognised: 'the answer is of no known kind',
  },
  claim: {
    done: 'WeChat Pay says, unsigned, that the order is done',
    cancelled: 'WeChat Pay says, unsigned, that the order is cancelled',
    not_found: 'WeChat Pay says, unsigned, that it does not know the order',
    not_pending: 'WeChat Pay says, unsigned, that the order is not pending',
  },
  scope: { merchant: 'the merchant’s keys', pair: 'this sub-merchant and service' },
  subCode: {
    '271316754': {
      meaning:
        'A deduction of this order is running at WeChat Pay (单据正在扣款中). It is asked about after three minutes.',
      tell: WAIT,
    },
    '271316574': {
      meaning:
        'The deduction failed (支付分扣款失败): balance or bank card, password-free payment closed by the user, or WeChat Pay’s risk control.',
      tell: DECLINED,
    },
    '268435472': {
      meaning: 'Requests came too fast (请求过于频繁). The service slows down by itself.',
      tell: LOOK_INTO,
    },
    '271302333': {
      meaning: 'WeChat Pay says that the order was cancelled. A query confirms it.',
      tell: 'According to WeChat Pay the order was cancelled; we are confirming that. Please do not pay it meanwhile.',
    },
    '271316657': {
      meaning:
        'Only an order that is pending can be collected: it may be paid, cancelled, or not completed. A query says which.',
      tell: ASKING,
    },
    '271302262': {
      meaning: 'The order’s state does not allow it (当前订单状态不合法). A query says which state it is in.',
      tell: ASKING,
    },
    '271302332': {
      meaning: 'The order is confirmed but not completed (确认状态): complete it (完结) first.',
      tell: 'The order has not been concluded yet. We do that first; nothing is due before.',
    },
    '271317510': {
      meaning: 'WeChat Pay does not find the order; most often the sub-merchant number is not the order’s.',
      tell: LOOK_INTO,
    },
    '268503786': {
      meaning:
        'No permission for this operation (无权限): most often the mutual authorisation (双向授权) is not complete.',
      tell: LOOK_INTO,
    },
    '271302144': {
      meaning:
        'WeChat Pay does not know the merchant number of the request. Compare the merchant’s configuration.',
      tell: LOOK_INTO,
    },
    '271302149': {
      meaning: 'Merchant number and appid are not bound to each other. Bind them on the merchant platform.',
      tell: LOOK_INTO,
    },
    '270924332': {
      meaning:
        'The signature was not accepted (Authorization 不合法). Check the merchant’s API certificate and the clock.',
      tell: LOOK_INTO,
    },
    '268435464': {
      meaning:
        'A parameter is outside its range (参数超出取值范围). A person has to compare the order’s data.',
      tell: LOOK_INTO,
    },
    '271316592': {
      meaning: 'The order’s state does not allow it to be cancelled.',
      tell: 'The order cannot be cancelled at WeChat Pay as it stands. We are looking for another way.',
    },
    '271316656': {
      meaning:
        'The total is above the risk amount of this service (服务风险金额). Let the user pay by hand, or elsewhere.',
      tell: 'The amount cannot be deducted automatically. Please open WeChat Pay > Payscore and pay the order by hand.',
    },
  },
  errorCode: {
    TRADE_ERROR: {
      meaning: 'The deduction failed (扣款失败); most often the balance does not suffice.',
      tell: DECLINED,
    },
    ORDER_DONE: {
      meaning: 'WeChat Pay says that the order is done. A query confirms whether it was paid.',
      tell: 'According to WeChat Pay the order is done; we are confirming the payment. Please do not pay again.',
    },
    ORDER_CANCELED: {
      meaning: 'WeChat Pay says that the order was cancelled. A query confirms it.',
      tell: 'According to WeChat Pay the order was cancelled; we are confirming that. Please do not pay it meanwhile.',
    },
    ORDER_CANCELLED: {
      meaning: 'WeChat Pay says that the order was cancelled. A query confirms it.',
      tell: 'According to WeChat Pay the order was cancelled; we are confirming that. Please do not pay it meanwhile.',
    },
    ORDER_NOT_EXIST: {
      meaning: 'WeChat Pay does not find the order. Compare sub-merchant and order number.',
      tell: LOOK_INTO,
    },
    FREQUENCY_LIMITED: {
      meaning: 'Requests came too fast. The service slows down by itself.',
      tell: LOOK_INTO,
    },
    RATE_LIMITED: { meaning: 'Requests came too fast. The service slows down by itself.', tell: LOOK_INTO },
    RATELIMIT_EXCEEDED: {
      meaning: 'Requests came too fast. The service slows down by itself.',
      tell: LOOK_INTO,
    },
    INVALID_ORDER_STATE: {
      meaning: 'The order’s state does not allow it. A query says which state it is in.',
      tell: ASKING,
    },
    SIGN_ERROR: {
      meaning: 'The signature was not accepted. Check the merchant’s API certificate and the clock.',
      tell: LOOK_INTO,
    },
    NO_AUTH: {
      meaning:
        'Not permitted: ask WeChat Pay’s operations (运营) whether this service may collect (订单收款).',
      tell: LOOK_INTO,
    },
    PARAM_ERROR: {
      meaning: 'A parameter of the request is not right. A person has to compare the order’s data.',
      tell: LOOK_INTO,
    },
    INVALID_REQUEST: {
      meaning: 'The request contradicts what WeChat Pay knows of the order.',
      tell: LOOK_INTO,
    },
    SYSTEM_ERROR: { meaning: 'WeChat Pay had a system error. What it did is asked about.', tell: ASKING },
  },
  standing: {
    pending: { name: 'Pending', meaning: 'Completed and not wholly paid (待支付).' },
    paid: { name: 'Paid', meaning: 'Paid, verified by WeChat Pay (已支付).' },
    settled: {
      name: 'Settled',
      meaning: 'Done at WeChat Pay without a collection: paid elsewhere, or nothing was due.',
    },
    cancelled: { name: 'Cancelled', meaning: 'Cancelled (已取消): nothing can be collected.' },
    expired: { name: 'Lapsed', meaning: 'Lapsed (已失效): nothing can be collected.' },
    not_completed: {
      name: 'Not completed',
      meaning: 'Not completed yet (未完结): call complete (完结) before it can be collected.',
    },
    unrecognised: {
      name: 'Not recognised',
      meaning: 'WeChat Pay answered states that this release does not know. Nothing was concluded from it.',
    },
  },
  status: {
    active: { name: 'Collecting', meaning: 'The schedule works on it.' },
    watched: { name: 'Watched', meaning: 'Not collected, only asked about.' },
    refund_due: { name: 'Refund due', meaning: 'WeChat Pay took money that the user should have back.' },
    paid: { name: 'Paid', meaning: 'Verified by WeChat Pay.' },
    settled: { name: 'Settled', meaning: 'Ended without a collection.' },
    cancelled: { name: 'Cancelled', meaning: 'Ended: nothing can be collected.' },
    expired: { name: 'Lapsed', meaning: 'Ended: nothing can be collected.' },
  },
  collect: {
    first_attempt: 'its first attempt is due',
    decline_ladder: 'the next step of the decline ladder is due',
    infrastructure_ladder: 'the last attempt never reached the deduction, it is due again',
    trial: 'this one collection tries whether the configuration fault is gone',
    demand: 'somebody asked for it, and nothing forbids it',
    consent: 'the user consents to a collection outside the window',
  },
  query: {
    restored: 'The ledger was restored from a backup: WeChat Pay has to be asked what it does not know.',
    attempt_open: 'The outcome of the last attempt is unknown; a verified query decides it now.',
    doubted: 'Something that proves nothing says that the order has changed; WeChat Pay has to be asked.',
    nothing_verified: 'Nothing verified is known of the order; WeChat Pay has to be asked first.',
    stale: 'What is known of the order is too old to collect on; WeChat Pay has to be asked first.',
    unasked: 'The order waits for its time and was not asked about for long: it may have been paid by hand.',
    exhausting: 'Before anybody tells the user to pay by hand, WeChat Pay is asked whether he has.',
    watch:
      'The order is not collected, but WeChat Pay keeps deducting and people pay by hand: it is asked about.',
  },
  wait: {
    attempt_open:
      'An attempt is open and may still take money. From then on a query that still shows the order pending closes it.',
    unanswered: 'WeChat Pay gave no usable answer about the order; it is asked again then.',
    gap: 'The least time between two attempts on one order has not passed.',
    lock: 'The last call left and was not processed. WeChat Pay may hold an order for 3 minutes after any call.',
    first_attempt: 'The user is given time to pay by himself before the first attempt.',
    decline_ladder: 'The attempts so far took nothing; the next one is due then.',
    infrastructure_ladder: 'The last attempt never reached the deduction; it is made again then.',
    day_cap: 'The order had as many attempts today as the policy allows.',
    month_cap: 'The order had as many attempts in 30 days as the policy allows.',
    breaker:
      'WeChat Pay refused this merchant, or this sub-merchant and service; one collection tries again then.',
    budget: 'The merchant’s calls per second are used up.',
    restored:
      'The ledger was restored from a backup: as many attempts as the policy allowed are taken to have been made.',
    window: 'Outside the hours in which the policy allows collecting.',
  },
  stop: {
    paid: 'The order is paid, verified.',
    settled: 'The order was settled without a collection.',
    cancelled: 'The order is cancelled.',
    expired: 'The order has lapsed.',
    not_completed: 'The order is not completed yet; call complete (完结) first.',
    unrecognised: 'WeChat Pay answered a state that is not known here; a person has to look.',
    decided:
      'Somebody settled, waived or reduced it, and WeChat Pay has not confirmed that: send it again, or take it back.',
    held: 'The order is held: until the end of the hold, or until somebody releases it.',
    exhausted: 'Every attempt that the policy allows was made; the operator decides: waive or leave.',
    last_day: 'The last day for an attempt has passed; the operator decides: waive or leave.',
    no_window: 'The policy leaves no time in which a collection is allowed.',
    timeline_full:
      'The record of the order is full: it is not collected until somebody has looked and releases it.',
    refused:
      'WeChat Pay refused the last call as it was made, and the order is still pending: a person has to look.',
    observing: 'It would be collected now, but the switch is on observe: nothing is sent.',
    switched_off: 'It would be collected now, but the switch is off.',
  },
  refund: {
    paid_twice: 'The user had paid elsewhere, and WeChat Pay charged him all the same.',
    charged_after_waiver: 'The order was waived, and WeChat Pay charged the user all the same.',
    charged_more_than_decided: 'A lower amount was decided, and WeChat Pay charged the earlier one.',
    overpaid: 'More was paid than the order came to.',
  },
  closed: {
    paid: 'paid, verified',
    settled: 'settled without a collection',
    cancelled: 'cancelled',
    expired: 'lapsed',
    not_completed: 'not completed',
    not_paid: 'still pending: no money was taken',
    not_done: 'still pending: it was not done',
    reduced: 'the lower amount is in force',
  },
  refusal: {
    paid: 'The order is paid, verified.',
    settled: 'The order was settled already.',
    cancelled: 'The order is cancelled.',
    expired: 'The order has lapsed.',
    not_completed: 'The order is not completed yet.',
    unrecognised: 'WeChat Pay answered a state that is not known here.',
    not_lower: 'The amount can only be lowered: less than what is due now, and more than what is paid.',
    record_full: 'The record of the order is full. Release it first.',
    decided_already: 'The order was settled or waived: take that back first.',
    held_longer: 'It is held for longer than that already. Release it first.',
    not_held: 'There is nothing to release.',
    not_named: 'Somebody settled, waived or reduced it: whoever takes that back says which.',
    refund_differs: 'That is not what is to be refunded now: nothing is, or another amount. Load it again.',
    refund_not_named: 'There is money to be refunded: whoever has dealt with it names the amount.',
    ended: 'The order is at its end, verified.',
  },
  problem: {
    'invalid-request': 'The request is not valid',
    'body-not-json': 'The body is not JSON',
    'body-too-large': 'The body is too large',
    'unsupported-media-type': 'The body is not declared as JSON',
    'role-missing': 'Your role does not permit this',
    'route-not-found': 'No such path',
    'method-not-allowed': 'No such method',
    'merchant-unknown': 'No such merchant',
    'merchant-secret-invalid': 'The merchant’s keys are not usable',
    'secrets-unavailable': 'Secrets Manager is out of reach',
    'ledger-unavailable': 'The ledger is out of reach',
    'ledger-restored': 'The ledger was restored and is not in service yet',
    'service-mismatch': 'The order belongs to another service',
    'held-back': 'Not collected',
    'not-possible': 'Not possible',
    'not-done': 'WeChat Pay did not do it',
    'not-told': 'WeChat Pay could not be told yet',
    'events-off': 'Events are off',
    'events-unavailable': 'EventBridge is out of reach',
    'order-not-found': 'WeChat Pay does not know the order',
    'order-unknown': 'The order is not in the ledger',
    'wechatpay-refused': 'WeChat Pay refused the query',
    'wechatpay-throttled': 'WeChat Pay asks for fewer requests',
    'wechatpay-unavailable': 'WeChat Pay gave no usable answer',
    'out-of-time': 'Out of time',
    'cursor-invalid': 'The page does not exist any more',
    'policy-changed': 'Somebody else changed this policy meanwhile',
    'release-too-old': 'A newer release wrote this',
  },
  policy: {
    first_attempt_after_hours: {
      name: 'First attempt after (hours)',
      meaning:
        'Hours from completion to the first attempt: time for the user and WeChat Pay’s own deduction.',
    },
    time_zone: { name: 'Time zone', meaning: 'In which windows, quiet hours, dates and days are meant.' },
    windows: { name: 'Windows', meaning: 'The hours in which a collection is allowed; none: the whole day.' },
    quiet_hours: {
      name: 'Quiet hours',
      meaning: 'The hours in which nothing is collected, whatever the windows say.',
    },
    avoid_dates: { name: 'Dates to avoid', meaning: 'The dates on which nothing is collected.' },
    min_gap_minutes: { name: 'Least gap (minutes)', meaning: 'Between two attempts on one order.' },
    attempts_per_day_max: { name: 'Attempts a day, at most', meaning: 'On one order.' },
    attempts_per_30_days_max: { name: 'Attempts in 30 days, at most', meaning: 'On one order.' },
    attempts_max: { name: 'Attempts in all, at most', meaning: 'On one order.' },
    exhausting_day: {
      name: 'Day to tell the user',
      meaning: 'The day after completion on which the user should be told to pay by hand.',
    },
    last_attempt_day: {
      name: 'Last day with an attempt',
      meaning: 'After completion; 30 days unpaid may cost the user score.',
    },
    decline_ladder_hours: {
      name: 'Decline ladder (hours)',
      meaning: 'Hours to wait after each attempt that took no money; the last step repeats.',
    },
    infrastructure_ladder_minutes: {
      name: 'Infrastructure ladder (minutes)',
      meaning: 'Minutes to wait after each setback in a row on the way to WeChat Pay; then 24 hours each.',
    },
  },
  row: {
    registered: 'Registered',
    already: 'Already there',
    changed: 'Changed',
    would_register: 'Would be registered',
    would_change: 'Would be changed',
    refused: 'Refused',
    left: 'Left out: give it again',
  },
  completedFrom: {
    registration: 'said at registration',
    wechatpay: 'said by WeChat Pay',
    first_seen: 'when it was first seen completed',
    registered: 'when it was registered',
  },
  mode: {
    off: { name: 'Off', meaning: 'Nothing is done without a person.' },
    observe: {
      name: 'Observe',
      meaning: 'Orders are asked about, and what would be collected is recorded. Nothing is sent.',
    },
    on: { name: 'On', meaning: 'Orders are collected.' },
  },
  operation: { sync: 'Settle', cancel: 'Waive', modify: 'Reduce' },
  breaker: { closed: 'Closed', open: 'Open', half_open: 'Trying' },
  switchLevel: {
    default: 'default',
    service: 'whole service',
    merchant: 'merchant',
    sub_merchant: 'sub-merchant',
  },
  policyLevel: { default: 'Default', provider: 'Merchant', sub_merchant: 'Sub-merchant', service: 'Service' },
};
