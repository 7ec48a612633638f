import { describe, expect, it, vi } from 'vitest'

import { dateFormat, numberFormat } from './intl'

describe('formatters of Intl', () => {
  it('are made once for a language and options', () => {
    const made = vi.spyOn(Intl, 'DateTimeFormat')
    const first = dateFormat('en-GB', { weekday: 'short', timeZone: 'UTC' })
    expect(dateFormat('en-GB', { weekday: 'short', timeZone: 'UTC' })).toBe(first)
    expect(made).toHaveBeenCalledTimes(1)
  })
  it('are others for another language, other options, another zone', () => {
    const first = dateFormat('en-GB', { weekday: 'long', timeZone: 'UTC' })
    expect(dateFormat('de-AT', { weekday: 'long', timeZone: 'UTC' })).not.toBe(first)
    expect(dateFormat('en-GB', { weekday: 'long', timeZone: 'Asia/Tokyo' })).not.toBe(first)
    expect(numberFormat('en', { maximumFractionDigits: 0 }).format(1.5)).toBe('2')
    expect(numberFormat('en', { maximumFractionDigits: 1 }).format(1.5)).toBe('1.5')
  })
  it('of a zone that nobody knows are refused each time', () => {
    const ask = () => dateFormat('en', { timeZone: 'No/Where' })
    expect(ask).toThrow()
    expect(ask).toThrow()
  })
})
