import { readFileSync } from 'node:fs';
import { spellFault } from '../lambda/core/faults';
import { parse } from '../lambda/shared/schema';
import { SweepInput } from '../lambda/shared/sweep-input';

/** https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_Target.html (Input) */
const RULE_INPUT_MAX_CHARACTERS = 8_192;

interface ReadInput {
  readonly input?: SweepInput;
  readonly faults: readonly string[];
}

/** Reads what narrows a sweep or names orders from a file, with everything that is wrong with it. */
export function readSweepInput(file: string): ReadInput {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    return { faults: [`${file} cannot be read (${String(error)})`] };
  }
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch {
    return { faults: [`${file} is not JSON`] };
  }
  const parsed = parse(SweepInput, document);
  if (!parsed.ok) return { faults: parsed.faults.map(spellFault) };
  return { input: parsed.value, faults: [...namedTwice(parsed.value), ...tooLong(parsed.value)] };
}

function namedTwice({ orders = [] }: SweepInput): readonly string[] {
  const names = orders.map((order) => `${order.mchid}/${order.sub_mchid}/${order.out_order_no}`);
  const twice = names.filter((name, index) => names.indexOf(name) !== index);
  return [...new Set(twice)].map((name) => `${name} is named more than once`);
}

function tooLong(input: SweepInput): readonly string[] {
  const { length } = JSON.stringify(input);
  if (length <= RULE_INPUT_MAX_CHARACTERS) return [];
  return [`it is ${length} characters long as a rule's input; ${RULE_INPUT_MAX_CHARACTERS} are possible`];
}
