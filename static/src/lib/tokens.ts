/** What a token may do and how long it holds, in words: pure. */
import type { Scope } from '@/api/types'

const DAY_MS = 86_400_000
export const SCOPES: readonly { value: Scope; word: string; hint: string }[] = [
  { value: 'read', word: 'Read', hint: 'Sees your trackers, entries, figures and reports.' },
  { value: 'log', word: 'Log', hint: 'Reads, and adds or changes entries and timers.' },
  {
    value: 'all',
    word: 'Everything',
    hint: 'Trackers, sharing, imports and reports too. Never your settings, exports or ways in.',
  },
]
export const scopeWord = (scope: Scope) => SCOPES.find((each) => each.value === scope)!.word

export const SPANS = [
  { days: 30, word: '30 days' },
  { days: 90, word: '90 days' },
  { days: 365, word: 'A year' },
  { days: 0, word: 'Until I revoke it' },
] as const
/** When it ends, for as many days from now; 0 is no end. */
export const endOf = (days: number, now: number) =>
  days ? new Date(now + days * DAY_MS).toISOString() : null

/** A line to try in a terminal. */
export const curlLine = (origin: string, token: string) =>
  `curl -H "Authorization: Bearer ${token}" ${origin}/api/v1/today`
