/** The second factor and the passkeys of a person. */
import { request } from './http'
import type { Codes, Factors, Page, Passkey, PasskeyOptions, TotpSetUp } from './types'

type Creation = PublicKeyCredentialCreationOptionsJSON
const post = <T>(path: string, body: unknown = {}) => request<T>(path, { method: 'POST', body })

export const getFactors = () => request<Factors>('account/second-factor')
export const beginTotp = () => post<TotpSetUp>('account/totp')
export const confirmTotp = (state: string, code: string) =>
  post<Codes>('account/totp/confirm', { state, code })
export const endTotp = () => request<undefined>('account/totp', { method: 'DELETE' })
export const newRecoveryCodes = () => post<Codes>('account/recovery-codes')

const one = (id: number) => `account/passkeys/${id}`
export const getPasskeys = () => request<Page<Passkey>>('account/passkeys')
export const askNewPasskey = (name: string) =>
  post<PasskeyOptions<Creation>>('account/passkeys/options', { name })
export const addPasskey = (state: string, credential: unknown) =>
  post<Passkey & Codes>('account/passkeys', { state, credential })
export const renamePasskey = (id: number, name: string) =>
  request<Passkey>(one(id), { method: 'PATCH', body: { name } })
export const deletePasskey = (id: number) => request<undefined>(one(id), { method: 'DELETE' })
