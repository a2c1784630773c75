import * as z from 'zod/mini';
import { ABOUT, UNSPOKEN } from '../lambda/api/contract/describe';

const COMPONENTS = '#/components/schemas/';

export type Json = Readonly<Record<string, unknown>>;

/** JSON Schemas as the document has them: those with a name once, under `components`. */
export class Schemas {
  readonly #named = new Map<string, string>();

  json(schema: z.ZodMiniType): Json {
    const { $schema: _dialect, $defs, ...json } = toJsonSchema(schema);
    for (const [id, definition] of Object.entries($defs ?? {})) this.#name(id, JSON.stringify(definition));
    return moved(JSON.stringify(json));
  }

  #name(id: string, definition: string): void {
    const known = this.#named.get(id);
    if (known !== undefined && known !== definition) throw new Error(`Two schemas are named ${id}`);
    this.#named.set(id, definition);
  }

  /** Whether an object without any properties would not fit. */
  demandsSomething(json: Json): boolean {
    const name = typeof json['$ref'] === 'string' ? json['$ref'].replace(COMPONENTS, '') : undefined;
    const schema = name === undefined ? json : (JSON.parse(this.#named.get(name) ?? '{}') as Json);
    return schema['required'] !== undefined;
  }

  all(): Json {
    const sorted = [...this.#named].toSorted(([a], [b]) => (a < b ? -1 : 1));
    return Object.fromEntries(sorted.map(([id, definition]) => [id, moved(definition)]));
  }
}

function toJsonSchema(schema: z.ZodMiniType) {
  return z.toJSONSchema(schema, {
    target: 'draft-2020-12',
    // What callers write: times and numbers of a query string are text for them.
    io: 'input',
    metadata: ABOUT,
    unrepresentable: ({ zodSchema }) => UNSPOKEN.get(zodSchema),
    override: ({ jsonSchema }) => {
      // The format says it, and zod's expression for it has 300 characters; or it is told as the number that it spells.
      if (jsonSchema.format !== undefined || jsonSchema.type === 'integer') delete jsonSchema.pattern;
      // `about` wraps a schema in the one thing that changes nothing about it.
      delete jsonSchema.readOnly;
    },
  });
}

function moved(json: string): Json {
  return JSON.parse(json.replaceAll('"#/$defs/', `"${COMPONENTS}`)) as Json;
}
