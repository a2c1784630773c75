/** Whether two values out of JSON say the same. A row that was read back may have its members in another order. */
export function isSame(one: unknown, other: unknown): boolean {
  if (typeof one !== 'object' || typeof other !== 'object' || one === null || other === null)
    return one === other;
  if (Array.isArray(one) !== Array.isArray(other)) return false;
  const [members, others] = [one, other].map((value) => Object.entries(value).filter(isGiven));
  const said = new Map(others);
  return (
    members?.length === said.size &&
    members.every(([name, value]) => said.has(name) && isSame(value, said.get(name)))
  );
}

/** A member that is undefined is not written, and so not read back. */
function isGiven([, value]: [string, unknown]): boolean {
  return value !== undefined;
}
