import { describe, expect, it } from 'vitest'

import { MIRA } from '@/testing/account'
import { aDelivery } from '@/testing/reports'

import { isReminded, nextReminder, stateWords } from './deliveries'

const locale = { language: 'en-GB', zone: 'Europe/Vienna', today: '2026-11-21' }
const say = (change: Parameters<typeof aDelivery>[0]) => stateWords(aDelivery(change), locale)

describe('what became of a message', () => {
  it('names the answer of a webhook, and no number of a mail server', () => {
    expect(say({})).toBe('Sent 200')
    expect(say({ channel: 'mail', status: 250 })).toBe('Sent')
  })
  it('tells waiting from trying again, and when that is', () => {
    expect(say({ state: 'due', attempts: 0, next_at: '2026-11-21T20:00:00+01:00' })).toBe('Waiting')
    const again = { state: 'due', attempts: 2 } as const
    expect(say({ ...again, next_at: '2026-11-21T20:14:00+01:00' })).toBe('Trying again at 20:14')
    expect(say({ ...again, next_at: '2026-11-22T08:00:00+01:00' })).toBe(
      'Trying again tomorrow 08:00',
    )
    expect(say({ state: 'sending' })).toBe('On its way')
  })
  it('says why not, as the end of a sentence', () => {
    expect(say({ state: 'failed', error: 'The address does not exist.' })).toBe(
      'Not sent: the address does not exist',
    )
    expect(say({ state: 'failed', error: 'SMTP is not set up.' })).toBe(
      'Not sent: SMTP is not set up',
    )
    expect(say({ state: 'skipped', error: 'Everything was logged.' })).toBe(
      'Skipped: everything was logged',
    )
    expect(say({ state: 'failed', error: null })).toBe('Not sent')
  })
})
describe('the next reminder', () => {
  const at = (time: string) => new Date(`2026-11-21T${time}:00+01:00`)
  it('is tonight until its hour, then tomorrow', () => {
    expect(nextReminder('20:00', at('19:59'), locale)).toBe('tonight at 20:00')
    expect(nextReminder('20:00', at('20:00'), locale)).toBe('tomorrow at 20:00')
    expect(nextReminder('08:30', at('07:00'), locale)).toBe('today at 08:30')
  })
  it('goes nowhere without a webhook that is on, unless by mail', () => {
    const webhook_off = { at: '2026-11-20T20:00:00+01:00', reason: 'It is gone.' }
    expect(isReminded({ ...MIRA, webhook: 'https://example.org', webhook_off })).toBe(false)
    expect(isReminded({ ...MIRA, webhook: null })).toBe(false)
    expect(isReminded({ ...MIRA, webhook: 'https://example.org' })).toBe(true)
    expect(isReminded({ ...MIRA, reminder_channel: 'mail' })).toBe(true)
    expect(isReminded({ ...MIRA, reminder_channel: 'mail', reminder_at: null })).toBe(false)
  })
})
