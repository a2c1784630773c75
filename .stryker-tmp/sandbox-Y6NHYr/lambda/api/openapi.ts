import * as z from 'zod/mini';
import { json } from '../shared/http';
import { readLookup } from './request';
import type { Route } from './router';

export const DescriptionLookup = z.strictObject({});

/** `GET /openapi.json`: the description of this API. */
export const openapiRoute: Route = async (event) => {
  const request = readLookup(event, DescriptionLookup);
  if (!request.ok) return request.answer;
  // Only when it is asked for: no other request has to wait for it to be read.
  const { default: description } = await import('./openapi.json');
  return json(200, description);
};
