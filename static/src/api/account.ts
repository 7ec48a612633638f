/** Accounts: signing in and up, the password, the person's own settings, webhook and sessions. */
import { request } from './http'
import type {
  About,
  Account,
  AccountChange,
  MailWish,
  Page,
  PasswordStrength,
  Registration,
  ReminderTest,
  Session,
  Step,
  WebhookSecret,
} from './types'

type Nothing = Record<string, never>
const post = <T>(path: string, body?: unknown) =>
  request<T>(path, { method: 'POST', body, open: true })

export const getAbout = () => request<About>('about')
export const register = (body: Registration) => post<Account | Step>('accounts/register', body)
export const login = (identity: string, password: string) =>
  post<Account | Step>('accounts/login', { identity, password })
export const logout = () => post<Nothing>('accounts/logout')
export const askReset = (email: string) => post<Nothing>('accounts/reset', { email })
export const checkReset = (token: string) =>
  request<Nothing>(`accounts/reset/${encodeURIComponent(token)}`, { open: true })
export const resetPassword = (token: string, password: string) =>
  post<Nothing>(`accounts/reset/${encodeURIComponent(token)}`, { password })
export const changePassword = (password: string, new_password: string) =>
  request<Nothing>('accounts/change', { method: 'POST', body: { password, new_password } })
export const isUsernameFree = (username: string) =>
  request<{ free: boolean }>('accounts/username-free', { query: { username }, open: true })
export const passwordStrength = (password: string, username?: string, email?: string) =>
  post<PasswordStrength>('accounts/password-strength', { password, username, email })

export const getAccount = (open = false) => request<Account>('account', { open })
export const changeAccount = (body: AccountChange) =>
  request<Account>('account', { method: 'PATCH', body })
export const deleteAccount = (password: string) =>
  request<undefined>('account', { method: 'DELETE', body: { password } })
export const getSessions = () => request<Page<Session>>('account/sessions')
export const endSession = (id: number) =>
  request<undefined>(`account/sessions/${id}`, { method: 'DELETE' })
export const endOtherSessions = () => request<undefined>('account/sessions', { method: 'DELETE' })

/** A new secret; what the one before it signs stays valid for a day. */
export const newWebhookSecret = () => request<WebhookSecret>('webhook/secret', { method: 'POST' })
export const enableWebhook = () => request<Account>('webhook/enable', { method: 'POST' })
export const testReminder = (channel: Account['reminder_channel']) =>
  request<ReminderTest>('webhook/test', { method: 'POST', body: { channel }, patience: 30_000 })

const wish = (token: string) => `unsubscribe/${encodeURIComponent(token)}`
/** The link at the foot of a mail works for whoever has it, signed in or not. */
export const getMailWish = (token: string) => request<MailWish>(wish(token), { open: true })
export const stopMail = (token: string) => post<MailWish>(wish(token))
export const startMail = (token: string) =>
  request<MailWish>(wish(token), { method: 'DELETE', open: true })
