/** Days as a calendar of squares: which column, and how full each square is. Pure. */
import type { DayFigure, Kind } from '@/api/types'

import { shiftDay } from './days'

/** 0 is no entry; 1 to 5 go from the tint to the colour. */
export type Level = 0 | 1 | 2 | 3 | 4 | 5
export interface Square {
  day: string
  level: Level
}
/** 1 is Monday, 7 Sunday. */
const weekday = (day: string) => new Date(`${day}T12:00:00Z`).getUTCDay() || 7

/** The first day of the week that `day` lies in. */
export function weekStart(day: string, startsOn: number): string {
  return shiftDay(day, -((weekday(day) - startsOn + 7) % 7))
}
/** How many empty places stand before the first day in its column. */
export const placesBefore = (day: string, startsOn: number) => (weekday(day) - startsOn + 7) % 7

export function squares(kind: Kind, days: readonly DayFigure[]): Square[] {
  const values = days.map((day) => day.value).filter((value) => typeof value === 'number')
  const most = Math.max(...values, 0)
  const least = Math.min(...values, most)
  // Values close together (a weight) are told apart from the least on, others from nothing on.
  const from = least > 0 && least > most * 0.8 ? least : 0
  function level({ count, value }: DayFigure): Level {
    if (count === 0 || value === null) return 0
    if (kind === 'boolean') return value ? 5 : 1
    if (kind === 'multiple_choice' || typeof value !== 'number') return 5
    if (most <= from) return 5
    return Math.min(Math.max(Math.ceil(((value - from) / (most - from)) * 5), 1), 5) as Level
  }
  return days.map((day) => ({ day: day.day, level: level(day) }))
}
