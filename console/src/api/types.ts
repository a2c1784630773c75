import type { components } from './schema';

type Schemas = components['schemas'];

export type OutcomeKind = Schemas['OutcomeKind'];
export type OrderStatus = Schemas['OrderStatus'];
export type Mode = Schemas['Mode'];
export type CollectRule = Schemas['CollectRule'];
export type Decision = Schemas['Decision'];
export type Because<Action extends Decision['action']> = Extract<
  Decision,
  { action: Action; because: string }
>['because'];
export type Standing = Schemas['Standing'];
export type StandingKind = Standing['kind'];
export type OrderNow = Schemas['OrderNow'];
export type TimelineEntry = Schemas['TimelineEntry'];
export type EntryOf<Kind extends TimelineEntry['kind']> = Extract<TimelineEntry, { kind: Kind }>;
export type ShownOrder = OrderNow & { readonly timeline: readonly TimelineEntry[] };
export type Operation = Schemas['Operation'];
export type Evidence = Schemas['Evidence'];
export type ListedOrder = Schemas['ListedOrder'];
export type Merchant = Schemas['Merchant'];
export type Breaker = Schemas['Breaker'];
export type Switch = Schemas['Switch'];
export type PolicyView = Schemas['PolicyView'];
export type PolicyChanged = Schemas['PolicyChanged'];
export type PolicyLayer = Schemas['PolicyLayer'];
export type Policy = Schemas['Policy'];
export type PolicyKey = keyof Policy;
export type DayWindow = Schemas['DayWindow'];
export type Fault = Schemas['Fault'];
export type ImportedRow = Schemas['ImportedRow'];
export type RowResult = ImportedRow['result'];
export type RefundReason = Schemas['RefundDue']['because'];
export type ClosedAs = EntryOf<'closed'>['as'];
export type OperationKind = Operation['kind'];
export type Overview = Schemas['Overview'];
export type NoOverview = Schemas['NoOverview'];
export type Caller = Schemas['Caller'];
export type Actor = Schemas['Actor'];
export type CompletedFrom = Schemas['Completed']['from'];

/** Every kind of problem that the API can answer. */
type Problems = {
  [Name in keyof Schemas]: Schemas[Name] extends { type: `urn:payscore-collector:problem:${infer Kind}` }
    ? Kind
    : never;
}[keyof Schemas];
export type ProblemKind = Problems;

/** Which order. */
export interface OrderKey {
  readonly mchid: string;
  readonly sub_mchid: string;
  readonly out_order_no: string;
}
