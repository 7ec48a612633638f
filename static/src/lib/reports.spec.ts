import { describe, expect, it } from 'vitest'

import { aReport, aRow } from '@/testing/reports'

import {
  dayAndMonth,
  daysOf,
  inARow,
  nextReport,
  periodsOf,
  sameAgain,
  spanWords,
  squaresOf,
} from './reports'

const locale = { language: 'en-GB', zone: 'Europe/Vienna', today: '2026-01-15' }

describe('periods to choose from', () => {
  it('go back over the turn of the year', () => {
    expect(periodsOf('month', locale).slice(0, 2)).toEqual([
      { value: '2026-01', label: 'January 2026, so far' },
      { value: '2025-12', label: 'December 2025' },
    ])
    expect(periodsOf('quarter', locale).slice(0, 2)).toEqual([
      { value: '2026-Q1', label: 'January to March 2026, so far' },
      { value: '2025-Q4', label: 'October to December 2025' },
    ])
    expect(periodsOf('year', locale)[1]).toEqual({ value: '2025', label: '2025' })
  })
  it('never reach further than ten years', () => {
    expect(periodsOf('month', locale).at(-1)!.value).toBe('2016-02')
    expect(periodsOf('quarter', locale).at(-1)!.value).toBe('2016-Q2')
    expect(periodsOf('year', locale)).toHaveLength(10)
  })
})
describe('the next monthly report', () => {
  const next = (instant: string) => nextReport(new Date(instant), locale)
  it('comes on the first, and is about the month before', () => {
    expect(next('2026-11-21T12:00:00+01:00')).toEqual({ day: '2026-12-01', month: 'November' })
    expect(next('2026-12-31T23:59:00+01:00')).toEqual({ day: '2027-01-01', month: 'December' })
  })
  it('comes today before six on the first, where the person lives', () => {
    expect(next('2026-12-01T05:59:00+01:00')).toEqual({ day: '2026-12-01', month: 'November' })
    expect(next('2026-12-01T06:00:00+01:00').day).toBe('2027-01-01')
    expect(next('2026-11-30T23:30:00Z').day).toBe('2026-12-01')
  })
  it('is named by its day', () => expect(dayAndMonth('2026-12-01', 'en-GB')).toBe('1 December'))
})
it('says once what both ends of a span share', () => {
  expect(spanWords('2026-10-01', '2026-10-31', 'en-GB')).toBe('1 to 31 October 2026')
  expect(spanWords('2026-07-01', '2026-09-30', 'en-GB')).toBe('1 July to 30 September 2026')
  expect(spanWords('2025-12-30', '2026-01-02', 'en-GB')).toBe('30 December 2025 to 2 January 2026')
  expect(spanWords('2026-10-01', '2026-10-01', 'en-GB')).toBe('1 October 2026')
})
it('asks for the same report by its period, or by its days when it has no name', () => {
  expect(sameAgain(aReport())).toEqual({ period: '2026-10', format: 'html', paper: 'a4' })
  expect(sameAgain(aReport({ period: '2026-10-01..2026-10-31' }))).toEqual({
    from: '2026-10-01',
    to: '2026-10-31',
    format: 'html',
    paper: 'a4',
  })
})
describe('the days of a row', () => {
  it('keep no entry apart from the lowest step', () => {
    expect(squaresOf(aRow()).map((each) => each.level)).toEqual([1, 0, 5])
    expect(daysOf(aRow()).map(({ count, value, mean7 }) => [count, value, mean7])).toEqual([
      [1, 1.5, 1.5],
      [0, null, 1.5],
      [1, 2, 1.75],
    ])
  })
  it('name no run where there was none', () => {
    expect(inARow(aRow({ streak: 0, best_streak: 14 }), 'now')).toBe('in a row: 0 now, 14 longest')
    expect(inARow(aRow({ streak: 3, best_streak: 14 }), 'at the end')).toBe(
      'in a row: 3 at the end, 14 longest',
    )
    expect(inARow(aRow({ streak: 0, best_streak: 0 }), 'now')).toBe('')
  })
})
