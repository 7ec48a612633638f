/** Reports on the page: the periods to choose from, when the next one comes, and a row's days. Pure. */
import type { DayFigure, NewReport, Report, ReportFacts, ReportRow } from '@/api/types'

import type { Level, Square } from './calendar'
import { dayOf, timeField } from './days'
import type { Locale } from './format'
import { dateFormat } from './intl'

export type Sort = 'month' | 'quarter' | 'year' | 'own'
export interface Period {
  value: string
  label: string
}
/** A report reaches back ten years at most. */
const YEARS = 10
/** The hour at which a monthly report is due, where the person lives. */
const DUE_AT = '06:00'

const intl = (day: string, language: string, options: Intl.DateTimeFormatOptions) =>
  dateFormat(language, { ...options, timeZone: 'UTC' }).format(new Date(`${day}T12:00:00Z`))
const two = (number: number) => String(number).padStart(2, '0')
const monthOf = (day: string) => [Number(day.slice(0, 4)), Number(day.slice(5, 7))] as const
/** The first of the month that is `by` months from the one of `day`. */
function firstOf(day: string, by: number): string {
  const [year, month] = monthOf(day)
  const count = year * 12 + month - 1 + by
  return `${Math.floor(count / 12)}-${two((count % 12) + 1)}-01`
}

/** What can be written about, the one that ended last first; the one under way comes after it. */
export function periodsOf(sort: Exclude<Sort, 'own'>, locale: Locale): Period[] {
  const [year, month] = monthOf(locale.today)
  const monthName = (day: string) => intl(day, locale.language, { month: 'long' })
  if (sort === 'year') {
    return [...Array(YEARS)].map((_, ago) => ({
      value: String(year - ago),
      label: ago ? String(year - ago) : `${year}, so far`,
    }))
  }
  if (sort === 'quarter') {
    const now = year * 4 + Math.floor((month - 1) / 3)
    return [...Array(YEARS * 4)].map((_, ago) => {
      const at = now - ago
      const [of, quarter] = [Math.floor(at / 4), at % 4]
      const first = `${of}-${two(quarter * 3 + 1)}-01`
      const label = `${monthName(first)} to ${monthName(firstOf(first, 2))} ${of}`
      return { value: `${of}-Q${quarter + 1}`, label: ago ? label : `${label}, so far` }
    })
  }
  return [...Array(YEARS * 12)].map((_, ago) => {
    const first = firstOf(locale.today, -ago)
    const label = intl(first, locale.language, { month: 'long', year: 'numeric' })
    return { value: first.slice(0, 7), label: ago ? label : `${label}, so far` }
  })
}
/** The day of the next monthly report, and the month it is about. */
export function nextReport(now: Date, locale: Locale): { day: string; month: string } {
  const here = dayOf(now, locale)
  const stillToCome = here.endsWith('-01') && timeField(now, locale) < DUE_AT
  const day = stillToCome ? here : firstOf(here, 1)
  return { day, month: intl(firstOf(day, -1), locale.language, { month: 'long' }) }
}
/** "1 December", in the person's language. */
export const dayAndMonth = (day: string, language: string) =>
  intl(day, language, { day: 'numeric', month: 'long' })

/** "1 to 31 October 2026"; what both ends share is said once. */
export function spanWords(from: string, to: string, language: string): string {
  const whole = intl(to, language, { day: 'numeric', month: 'long', year: 'numeric' })
  if (from === to) return whole
  const parts: Intl.DateTimeFormatOptions = { day: 'numeric' }
  if (from.slice(0, 7) !== to.slice(0, 7)) parts.month = 'long'
  if (from.slice(0, 4) !== to.slice(0, 4)) parts.year = 'numeric'
  return `${intl(from, language, parts)} to ${whole}`
}
/** Asks for the same report once more. */
export function sameAgain(report: Report): NewReport {
  const { period, from, to, tracker_ids, format, paper } = report
  const when = period.includes('..') ? { from, to } : { period }
  return { ...when, ...(tracker_ids ? { tracker_ids } : {}), format, paper }
}
export const hasBars = (row: ReportRow) => row.kind === 'boolean' || row.kind === 'multiple_choice'

export function daysOf(row: ReportRow): DayFigure[] {
  return row.marks.map(({ day, value, level }, at) => ({
    day,
    count: level === null ? 0 : 1,
    value: level === null ? null : value,
    mean7: row.means[at] ?? null,
  }))
}
/** The report's steps 0 to 4 as the squares of the calendar, where 0 is no entry. */
export function squaresOf(row: ReportRow): Square[] {
  return row.marks.map(({ day, level }) => ({
    day,
    level: (level === null ? 0 : Math.min(level + 1, 5)) as Level,
  }))
}
/** "26 of 31 days", "5 in a row now, 14 the longest", without a run that is none. */
export function rowFigures(row: ReportRow, ends: ReportFacts['run_ends']): string[] {
  const logged = `${row.days_logged} of ${row.days} ${row.days === 1 ? 'day' : 'days'}`
  return [logged, row.figures, inARow(row, ends)].filter(Boolean)
}
export const inARow = ({ streak, best_streak }: ReportRow, ends: ReportFacts['run_ends']) =>
  best_streak ? `in a row: ${streak} ${ends}, ${best_streak} longest` : ''
/** What the change is measured against, as a column's head. */
export const againstWords = ({ before }: ReportFacts) => (before ? `Against ${before}` : 'Change')
