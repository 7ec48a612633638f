import { describe, expect, it } from 'vitest'

import type { DayFigure, Value } from '@/api/types'

import { placesBefore, squares, weekStart } from './calendar'

const day = (at: number, value: Value | null): DayFigure => ({
  day: `2026-11-${String(at).padStart(2, '0')}`,
  count: value === null ? 0 : 1,
  value,
  mean7: null,
})
const levels = (...given: Parameters<typeof squares>) => squares(...given).map((each) => each.level)

describe('the calendar', () => {
  it('starts its columns on the day the week starts', () => {
    expect(weekStart('2026-11-21', 1)).toBe('2026-11-16')
    expect(weekStart('2026-11-21', 7)).toBe('2026-11-15')
    expect(placesBefore('2026-11-18', 1)).toBe(2)
  })
  it('has no entry apart from the lowest step', () => {
    expect(levels('numerical', [day(1, null), day(2, 0), day(3, 1), day(4, 5)])).toEqual([
      0, 1, 1, 5,
    ])
  })
  it('tells values apart that lie close together', () => {
    expect(levels('numerical', [day(1, 80), day(2, 81), day(3, 82)])).toEqual([1, 3, 5])
    expect(levels('numerical', [day(1, 80), day(2, 80)])).toEqual([5, 5])
  })
  it('keeps No apart from Yes, and fills every choice', () => {
    expect(levels('boolean', [day(1, true), day(2, false)])).toEqual([5, 1])
    expect(levels('multiple_choice', [day(1, 'Low')])).toEqual([5])
  })
})
