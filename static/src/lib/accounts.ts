/** What a username and an address must look like before the server is asked: pure. */
import type { Step, StepMethod } from '@/api/types'

export const PASSWORD_LEAST = 12

export function usernameError(name: string): string | null {
  if (!name) return 'Choose a username.'
  if (name.length < 3 || name.length > 32) return 'A username has 3 to 32 characters.'
  return /^[a-z0-9._-]+$/.test(name)
    ? null
    : 'A username is made of small letters, digits, dot, underscore and hyphen.'
}
export function emailError(email: string): string | null {
  if (!email) return 'Write your e-mail address.'
  return /^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(email) ? null : 'An address looks like name@example.org.'
}
export function newPasswordError(password: string): string | null {
  if (!password) return 'Choose a password.'
  return [...password].length < PASSWORD_LEAST
    ? `A password has at least ${PASSWORD_LEAST} characters.`
    : null
}
/** Every zone this browser knows, the one in question always among them. */
export function zones(current: string): string[] {
  const known = Intl.supportedValuesOf?.('timeZone') ?? []
  return [...new Set([current, 'UTC', ...known])].sort()
}
/** What a sign-in elsewhere came back with, in words; the address of the page names it by a code. */
const TROUBLES: Record<string, string> = {
  refused: 'The other site was not told to let you in.',
  state: 'That took too long, or began in another browser. Begin again.',
  taken: 'That account elsewhere signs in to another account here.',
  other: 'Somebody is signed in there whose account does not sign in here.',
  unlinked:
    'No account here is connected with it. If you have one, sign in and connect the two under Security.',
  invite: 'A new account needs an invitation here. Open the link of yours first.',
  again: 'A name for the account was taken in that very moment. Begin again.',
  stale:
    'The other site did not ask you who you are, or does not say when it did, so this does not count. Use another way; a password can be set by “Forgot your password?”.',
  inactive: 'This account is closed for now. Whoever runs this server can open it.',
}
const STEP_METHODS: StepMethod[] = ['totp', 'passkey', 'recovery_code']
/** The step that a sign-in elsewhere still wants, as the address it came back to says it. */
export function stepLeft(step: unknown, methods: unknown): Step | null {
  if (step === 'set_up') return { next: 'set_up', methods: [] }
  if (step !== 'second_factor') return null
  const said = typeof methods === 'string' ? methods.split(',') : []
  return { next: 'second_factor', methods: STEP_METHODS.filter((each) => said.includes(each)) }
}
export function signInTrouble(code: unknown): string | null {
  if (typeof code !== 'string' || !code) return null
  return TROUBLES[code] ?? 'The other site did not let you in. Try again, or use your password.'
}
