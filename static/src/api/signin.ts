/** Signing in beyond the password, and showing once more that it is you. */
import { request, urlOf } from './http'
import type { Account, PasskeyOptions } from './types'

type Nothing = Record<string, never>
type Request = PublicKeyCredentialRequestOptionsJSON
const post = <T>(path: string, body: unknown = {}) =>
  request<T>(path, { method: 'POST', body, open: true })

export const sendCode = (code: string) => post<Account>('accounts/second-factor', { code })
export const sendRecoveryCode = (code: string) => post<Account>('accounts/recovery-code', { code })
export const askPasskey = (identity?: string) =>
  post<PasskeyOptions<Request>>('accounts/passkey/options', identity ? { identity } : {})
export const sendPasskey = (state: string, credential: unknown) =>
  post<Account>('accounts/passkey', { state, credential })

export const verify = (by: { password: string } | { code: string }) =>
  post<Nothing>('accounts/verify', by)
export const askProof = () => post<PasskeyOptions<Request>>('accounts/verify/passkey/options')
export const sendProof = (state: string, credential: unknown) =>
  post<Nothing>('accounts/verify/passkey', { state, credential })
/** The browser itself goes there, and from there to the other site; a new account takes the rest along. */
export const oidcStart = (next: string, timezone: string, invite?: string) =>
  urlOf('accounts/oidc/start', { next, timezone, invite })
