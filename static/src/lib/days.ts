/** Days and times in the account's zone: pure; a day is "2026-11-21", an instant an ISO text. */
import type { Locale } from './format'
import { dateFormat } from './intl'

const DAY_MS = 86_400_000
/** Noon in UTC stands for a day, so that formatting it in UTC never slips to a neighbour. */
const atNoon = (day: string) => new Date(`${day}T12:00:00Z`)

export function shiftDay(day: string, by: number): string {
  return new Date(atNoon(day).getTime() + by * DAY_MS).toISOString().slice(0, 10)
}
export function daysBetween(from: string, to: string): number {
  return Math.round((atNoon(to).getTime() - atNoon(from).getTime()) / DAY_MS)
}
function dayText(day: string, locale: Locale, options: Intl.DateTimeFormatOptions): string {
  return dateFormat(locale.language, { ...options, timeZone: 'UTC' })
    .format(atNoon(day))
    .replace(/^(\p{L}+\.?), /u, '$1 ')
}
export const weekdayLetter = (day: string, locale: Locale) =>
  dayText(day, locale, { weekday: 'narrow' })
export const weekdayShort = (day: string, locale: Locale) =>
  dayText(day, locale, { weekday: 'short' })
export const weekdayLong = (day: string, locale: Locale) =>
  dayText(day, locale, { weekday: 'long' })
export const dayNumber = (day: string) => String(Number(day.slice(8)))
/** "Thursday 19 November". */
export const dayLong = (day: string, locale: Locale) =>
  dayText(day, locale, { weekday: 'long', day: 'numeric', month: 'long' })
/** "3 Nov 2024". */
export const dayWithYear = (day: string, locale: Locale) =>
  dayText(day, locale, { day: 'numeric', month: 'short', year: 'numeric' })
/** "Thu 19 Nov", and over a year ago "3 Nov 2024". */
export function dayShort(day: string, locale: Locale): string {
  return Math.abs(daysBetween(day, locale.today)) > 365
    ? dayWithYear(day, locale)
    : dayText(day, locale, { weekday: 'short', day: 'numeric', month: 'short' })
}
/** "19 Nov", and over a year ago "3 Nov 2024". */
export const dayShortPlain = (day: string, locale: Locale) =>
  dayText(day, locale, {
    day: 'numeric',
    month: 'short',
    ...(Math.abs(daysBetween(day, locale.today)) > 365 ? { year: 'numeric' } : {}),
  })
/** "Today", "Yesterday", else dayShort. */
export function dayName(day: string, locale: Locale): string {
  const ago = daysBetween(day, locale.today)
  if (ago === 0) return 'Today'
  if (ago === 1) return 'Yesterday'
  return dayShort(day, locale)
}
/** The calendar day of an instant in the person's zone. */
export function dayOf(instant: string | Date, { zone }: Pick<Locale, 'zone'>): string {
  return dateFormat('en-CA', { timeZone: zone }).format(new Date(instant))
}
/** "07:40", or "7:40 am" as the language and the person's wish have it. */
export function timeOf(instant: string | Date, locale: Locale): string {
  const hour12 = locale.clock24 === undefined ? speaks12(locale.language) : !locale.clock24
  return dateFormat(locale.language, {
    hour: hour12 ? 'numeric' : '2-digit',
    minute: '2-digit',
    timeZone: locale.zone,
    hourCycle: hour12 ? 'h12' : 'h23',
  }).format(new Date(instant))
}
function speaks12(language: string): boolean {
  return !!dateFormat(language, { hour: 'numeric' }).resolvedOptions().hour12
}
/** "18:05" for a time field, always 24 hours. */
export function timeField(instant: string | Date, locale: Locale): string {
  return dateFormat('en-GB', {
    hour: '2-digit',
    minute: '2-digit',
    timeZone: locale.zone,
  }).format(new Date(instant))
}
export interface Moment {
  logged_at: string
  local_day?: string
  timed?: boolean
}
/** "Today, 18:05", "Yesterday, 21:10", "Thu 19 Nov, 22:15"; a log without a time has its day alone. */
export function whenText(moment: Moment, locale: Locale): string {
  const day = dayName(moment.local_day ?? dayOf(moment.logged_at, locale), locale)
  return moment.timed === false ? day : `${day}, ${timeOf(moment.logged_at, locale)}`
}
/** After a comma: "yesterday 21:10", "Thursday" within a week, else "Thu 29 Oct". */
export function whenInSentence(moment: Moment, locale: Locale): string {
  const day = moment.local_day ?? dayOf(moment.logged_at, locale)
  const ago = daysBetween(day, locale.today)
  const time = moment.timed === false ? '' : ` ${timeOf(moment.logged_at, locale)}`
  if (ago === 0) return `today${time}`
  if (ago === 1) return `yesterday${time}`
  return ago > 1 && ago < 7 ? weekdayLong(day, locale) : dayShort(day, locale)
}
/** The title of a <time>: full date and zone. */
export function whenFull(instant: string, locale: Locale): string {
  const text = dateFormat(locale.language, {
    dateStyle: 'full',
    timeStyle: 'short',
    timeZone: locale.zone,
  }).format(new Date(instant))
  return `${text} (${locale.zone})`
}
export function greeting(hour: number): string {
  if (hour >= 4 && hour < 11) return 'Good morning'
  return hour >= 11 && hour < 17 ? 'Hello' : 'Good evening'
}
export function deviceZone(): string {
  return Intl.DateTimeFormat().resolvedOptions().timeZone || 'UTC'
}
