import * as z from 'zod/mini';
import { json } from '../shared/http';
import { callerOf } from './access';
import { readLookup } from './request';
import type { Route } from './router';

export const MeLookup = z.strictObject({});

/** `GET /v1/me`: who calls, and what he may do. */
export const meRoute: Route = async (event, { rolesClaim }) => {
  const request = readLookup(event, MeLookup);
  if (!request.ok) return request.answer;
  const { actor, roles } = callerOf(event, rolesClaim);
  const { id, name } = actor;
  return json(200, { id, ...(name === undefined ? {} : { name }), roles });
};
