import { describe, expect, it } from 'vitest'

import { dayName, timeOf, whenInSentence, whenText } from './days'
import {
  addStep,
  editableNumber,
  formatCell,
  formatClock,
  formatDuration,
  formatNumber,
  formatValue,
  parseDuration,
  parseNumber,
  type Locale,
} from './format'

const locale: Locale = { language: 'en-GB', zone: 'Europe/Vienna', today: '2026-11-21' }
const spaced = (text: string) => text.replaceAll('\u00a0', ' ')

describe('numbers', () => {
  it.each([
    [1.5, '1.5'],
    [1.23456, '1.235'],
    [-2, '\u22122'],
    [-0.0001, '0'],
    [12345.5, '12,345.5'],
  ])('writes %s as %s', (value, text) => expect(formatNumber(value, 'en-GB')).toBe(text))

  it.each([
    ['1.5', 1.5],
    ['1,5', 1.5],
    ['\u22122', -2],
    ['-0', 0],
    ['1_000', null],
    ['', null],
    ['1e5', null],
    ['1234567890123456', null],
    ['NaN', null],
  ])('reads %s as %s', (text, value) => expect(parseNumber(text)).toBe(value))

  it.each(['en-GB', 'de', 'de-CH', 'fr', 'ar-EG', 'fa', 'he', 'mr', 'sv'])(
    'puts into a field in %s what it reads again',
    (language) => {
      for (const value of [-1.5, 0, 0.1, 12345.25, 1e14, -1e-15])
        expect(parseNumber(editableNumber(value, language))).toBe(value)
    },
  )
  it('takes the comma where people write one', () =>
    expect([editableNumber(1.5, 'de'), editableNumber(1.5, 'en')]).toEqual(['1,5', '1.5']))

  it('steps without the noise of binary fractions', () => expect(addStep(0.1, 0.2)).toBe(0.3))
  it('puts the unit after a space that does not break', () =>
    expect(formatValue('numerical', 1.5, 'l', 'en-GB')).toBe('1.5\u00a0l'))
})

describe('durations', () => {
  it.each([
    [45, '45 s'],
    [2400, '40 min'],
    [5400, '1 h 30 min'],
    [3600, '1 h'],
    [180000, '50 h'],
    [0, '0 s'],
  ])('writes %s as %s', (value, text) => expect(spaced(formatDuration(value))).toBe(text))

  it.each([
    ['40', 2400],
    ['40m', 2400],
    ['40 min', 2400],
    ['1h30', 5400],
    ['1h 30m', 5400],
    ['1:30', 5400],
    ['1:30:00', 5400],
    ['1 h 30 min', 5400],
    ['45 s', 45],
    ['1,5 h', 5400],
    ['', null],
    ['abc', null],
    ['-5', null],
    ['1:75', null],
  ])('reads %s as %s', (text, value) => expect(parseDuration(text)).toBe(value))

  it('counts a timer', () => expect(formatClock(761)).toBe('0:12:41'))
})

describe('cells', () => {
  it.each([
    ['numerical', 1.84, '1.84'],
    ['numerical', 12345, '12k'],
    ['multiple_choice', 'Excellent', 'Exce'],
    ['time_duration', 1800, '30m'],
    ['time_duration', 3600, '1h'],
    ['time_duration', 5400, '1h½'],
    ['time_duration', 4500, '1h15'],
  ] as const)('%s %s is %s', (kind, value, text) =>
    expect(formatCell(kind, value, 'en-GB')).toBe(text),
  )
})

describe('days', () => {
  it.each([
    ['2026-11-21', 'Today'],
    ['2026-11-20', 'Yesterday'],
    ['2026-11-19', 'Thu 19 Nov'],
    ['2024-11-03', '3 Nov 2024'],
  ])('%s is %s', (day, text) => expect(dayName(day, locale)).toBe(text))

  it('tells the time in the zone of the account', () =>
    expect(timeOf('2026-11-20T20:10:00Z', locale)).toBe('21:10'))
  it('says when', () => {
    expect(whenText({ logged_at: '2026-11-20T20:10:00Z' }, locale)).toBe('Yesterday, 21:10')
    expect(whenInSentence({ logged_at: '2026-11-19T20:10:00Z' }, locale)).toBe('Thursday')
  })
  it('leaves the time out when there was none', () =>
    expect(whenText({ logged_at: '2026-11-20T11:00:00Z', timed: false }, locale)).toBe('Yesterday'))
})
