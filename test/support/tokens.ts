/** A token as the world's gateway takes it: what it says once it is verified, as text, and nothing that is signed. */
export function tokenOf(claims: Readonly<Record<string, string>>): string {
  return `Bearer ${Buffer.from(JSON.stringify(claims)).toString('base64url')}`;
}

export function claimsIn(token: string | undefined): Readonly<Record<string, string>> | undefined {
  if (token === undefined) return undefined;
  return JSON.parse(Buffer.from(token.replace('Bearer ', ''), 'base64url').toString());
}
