import { actorOf } from './access';
import type { ApiEvent } from './event';
import * as z from 'zod/mini';
import type { ModeTarget } from '../core/controls';
import { spellActor } from '../core/order';
import { effectiveMode, MODES, type Switches } from '../core/switch';
import { json } from '../shared/http';
import { orderFields } from '../shared/schema';
import { readLookup, readRequest } from './request';
import type { Route, RouteContext } from './router';

const target = { mchid: z.optional(orderFields.mchid), sub_mchid: z.optional(orderFields.sub_mchid) };
/** Not in a body or query string: who forgets the merchant there would turn the switch of the whole service. */
const PATH_ONLY = Object.keys(target);
export const SwitchLookup = z.strictObject(target);
export const SwitchRequest = z.strictObject({
  ...target,
  mode: z.enum([...MODES, 'inherit'], { error: `is not one of ${MODES.join(', ')}, inherit` }),
});

type Target = z.infer<typeof SwitchLookup>;

/** `GET …/switch`: what each level says, and what holds: the most careful of them. */
export const showSwitchRoute: Route = async (event, context) => {
  const request = readLookup(event, SwitchLookup, PATH_ONLY);
  return request.ok ? show(request.value, context) : request.answer;
};

/** `PUT …/switch`: `off`, `observe`, `on`, or `inherit` for no word at this level. */
export const setSwitchRoute: Route = async (event: ApiEvent, context) => {
  const request = readRequest(event, SwitchRequest, PATH_ONLY);
  if (!request.ok) return request.answer;
  const { mode, ...level } = request.value;
  const said = mode === 'inherit' ? undefined : mode;
  await context.admin.saveMode(targetOf(level), said, spellActor(actorOf(event)), context.ports.now());
  return show(level, context);
};

function targetOf({ mchid, sub_mchid }: Target): ModeTarget {
  if (mchid === undefined) return 'service';
  return sub_mchid === undefined ? { mchid } : { mchid, sub_mchid };
}

async function show({ mchid, sub_mchid }: Target, { admin, ports }: RouteContext) {
  const { service, merchant, sub_merchants } =
    mchid === undefined
      ? { service: await admin.serviceMode(), merchant: undefined, sub_merchants: undefined }
      : (await ports.controls.read(mchid)).modes;
  const subMerchant = sub_mchid === undefined ? undefined : sub_merchants?.get(sub_mchid);
  const levels: Switches = {
    ...(service === undefined ? {} : { service }),
    ...(merchant === undefined ? {} : { merchant }),
    ...(subMerchant === undefined ? {} : { sub_merchant: subMerchant }),
  };
  return json(200, { ...effectiveMode(levels), levels });
}
