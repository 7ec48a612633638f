/** What a username and an address must look like before the server is asked: pure. */
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
