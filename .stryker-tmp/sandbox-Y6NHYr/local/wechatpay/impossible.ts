/** The end of an exhaustive switch: the compiler refuses the call while a case is missing. */
export function impossible(value: never): never {
  throw new Error(`simulator: no case for ${JSON.stringify(value)}`);
}
