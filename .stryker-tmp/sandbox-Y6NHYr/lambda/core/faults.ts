/** One finding of the schema validator (zod's issue), as far as it is put into words here. */
export interface Finding {
  readonly code: string;
  readonly path: readonly PropertyKey[];
  readonly message: string;
  readonly expected?: unknown;
  readonly keys?: readonly string[];
  readonly minimum?: unknown;
  readonly maximum?: unknown;
  readonly input?: unknown;
}

/** What is wrong with one field of something that was handed in. Names the field and the rule, never the value. */
export interface Fault {
  /** `orders[3].sub_mchid`; empty for the whole. */
  readonly field: string;
  readonly rule: string;
}

export function faultOf(finding: Finding): Fault {
  return { field: spellPath(finding.path), rule: ruleOf(finding) };
}

export function spellFault({ field, rule }: Fault): string {
  return field === '' ? rule : `${field} ${rule}`;
}

function ruleOf({ code, message, expected, keys = [], minimum, maximum, input }: Finding): string {
  switch (code) {
    case 'invalid_type':
      return input === undefined ? 'is missing' : `is not of type ${String(expected)}`;
    case 'unrecognized_keys':
      return `has fields that are not known here: ${keys.join(', ')}`;
    case 'too_small':
      return `has fewer than ${String(minimum)}`;
    case 'too_big':
      return `has more than ${String(maximum)}`;
    default:
      return message;
  }
}

function spellPath(path: readonly PropertyKey[]): string {
  return path.reduce<string>((spelled, part) => {
    if (typeof part === 'number') return `${spelled}[${part}]`;
    return spelled === '' ? String(part) : `${spelled}.${String(part)}`;
  }, '');
}
