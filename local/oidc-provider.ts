import type { SignInFacts } from '../infra/manifest';

/** How people sign in on this machine. */
export interface SignIn extends SignInFacts {
  /** What tokens for the API name as their audience. */
  readonly audience: string;
}
