/** A person for specs, signed in. */
import type { Account } from '@/api/types'
import { useAccount } from '@/stores/account'

export const MIRA: Account = {
  id: 1,
  username: 'mira',
  email: 'mira@example.org',
  timezone: 'Europe/Vienna',
  day_starts_at: 3,
  week_starts_on: 1,
  reminder_at: '20:00',
  reminder_channel: 'webhook',
  webhook: null,
  webhook_name: null,
  webhook_signed: false,
  webhook_secret: null,
  webhook_off: null,
  report_format: 'html',
  report_on: true,
  report_paper: 'a4',
  today: '2026-11-21',
  day_ends_at: '2026-11-22T03:00:00+01:00',
  mail: 'folder',
  confirmed: true,
  new_email: null,
  has_password: true,
  admin: false,
  created_at: '2025-03-02T10:00:00+00:00',
}
export function signIn(change: Partial<Account> = {}) {
  const store = useAccount()
  store.take({ ...MIRA, ...change })
  return store
}
