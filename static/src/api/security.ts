/** What happened to an account, what else signs in to it, and its address. */
import { request } from './http'
import type { Connected, Page, Proof, SecurityEvent } from './types'

export const getEvents = (after?: number) =>
  request<Page<SecurityEvent, number | null>>('account/events', { query: { after, limit: 20 } })

export const getConnected = () => request<Page<Connected>>('account/identities')
/** Where the browser goes to connect one; it comes back to the settings. */
export const connect = () => request<{ url: string }>('account/identities', { method: 'POST' })
export const disconnect = (id: number) =>
  request<undefined>(`account/identities/${id}`, { method: 'DELETE' })

const EMAIL = 'account/email'
export const changeEmail = (email: string) =>
  request<unknown>(EMAIL, { method: 'POST', body: { email } })
export const keepEmail = () => request<undefined>(EMAIL, { method: 'DELETE' })
export const sendConfirmation = () => request<unknown>(`${EMAIL}/confirm`, { method: 'POST' })
/** What a link of a letter does: looking changes nothing. It works for whoever has it, signed in or not. */
const link = (token: string) => `accounts/confirm/${encodeURIComponent(token)}`
export const readProof = (token: string) => request<Proof>(link(token), { open: true })
export const followProof = (token: string) =>
  request<Proof>(link(token), { method: 'POST', open: true })
