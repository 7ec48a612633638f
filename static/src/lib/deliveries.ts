/** What became of a message, in words: pure. */
import type { Account, Delivery, DeliveryFilter } from '@/api/types'

import { untilWords } from './jobs'
import { timeOf } from './days'
import type { Locale } from './format'

export const FILTERS: { value: DeliveryFilter | ''; label: string }[] = [
  { value: '', label: 'All' },
  { value: 'sent', label: 'Sent' },
  { value: 'due', label: 'Waiting' },
  { value: 'failed', label: 'Not sent' },
  { value: 'skipped', label: 'Skipped' },
]
/** A sentence of its own goes on after a colon: "The address does not exist." is "the address does not exist". */
function goingOn(sentence: string): string {
  const text = sentence.trim().replace(/\.$/, '')
  return /^(The|This|That|It|Its|There|Every\w*|Not?\w*|An?|Nobody|Your?|We)\b/.test(text)
    ? text.charAt(0).toLowerCase() + text.slice(1)
    : text
}
/** "at 20:14" today, else "tomorrow 08:00". */
function atWords(instant: string, locale: Locale): string {
  return untilWords(instant, locale).replace(/^today /, 'at ')
}
export function stateWords(delivery: Delivery, locale: Locale): string {
  const why = delivery.error ? `: ${goingOn(delivery.error)}` : ''
  switch (delivery.state) {
    case 'sent':
      // A mail server's number says nothing to anybody; a webhook's is what one looks for.
      return delivery.channel === 'webhook' && delivery.status ? `Sent ${delivery.status}` : 'Sent'
    case 'sending':
      return 'On its way'
    case 'failed':
      return `Not sent${why}`
    case 'skipped':
      return `Skipped${why}`
    default:
      return delivery.attempts && delivery.next_at
        ? `Trying again ${atWords(delivery.next_at, locale)}`
        : 'Waiting'
  }
}
export const isUnderWay = (delivery: Delivery) =>
  delivery.state === 'due' || delivery.state === 'sending'

/** Whether an evening reminder has anywhere to go. */
export const isReminded = (account: Account) =>
  account.reminder_at !== null &&
  (account.reminder_channel === 'mail' || (account.webhook !== null && !account.webhook_off))

/** "tonight at 20:00", and once that is over "tomorrow at 20:00". */
export function nextReminder(at: string, now: Date, locale: Locale): string {
  const over = timeOf(now, { ...locale, language: 'en-GB', clock24: true }) >= at
  const day = over ? 'tomorrow' : at >= '17:00' ? 'tonight' : 'today'
  const shown = timeOf(`2026-01-01T${at}:00Z`, { ...locale, zone: 'UTC' })
  return `${day} at ${shown}`
}
