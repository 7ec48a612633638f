/** What stands in the form of an entry, read and written: pure. */
import type { Kind, Log, NewLog, Tracker, Value } from '@/api/types'

import { dayOf, timeField } from './days'
import { choiceId } from './entries'
import { editableDuration, editableNumber, parseDuration, parseNumber, type Locale } from './format'
import { numberFormat } from './intl'

export const NOTE_MOST = 2000
type Kindly = Pick<Tracker, 'kind' | 'choices'>

export function textOf(tracker: Kindly, value: Value | null | undefined, locale: Locale): string {
  if (value === null || value === undefined) return ''
  if (tracker.kind === 'boolean') return value ? 'yes' : 'no'
  if (tracker.kind === 'multiple_choice') return String(choiceId(tracker, value) ?? '')
  return tracker.kind === 'time_duration'
    ? editableDuration(Number(value))
    : editableNumber(Number(value), locale.language)
}
/** The value to send: a choice as its id, a duration as seconds; null when the text is none. */
export function valueOf(tracker: Kindly, text: string): Value | null {
  if (tracker.kind === 'numerical') return parseNumber(text)
  if (tracker.kind === 'time_duration') return parseDuration(text)
  if (text === '') return null
  return tracker.kind === 'boolean' ? text === 'yes' : Number(text)
}
const WANTED: Record<Kind, string> = {
  numerical: 'Write a number, for example 1.5.',
  time_duration: 'Write a time, for example 40 min or 1:30.',
  boolean: 'Choose Yes or No.',
  multiple_choice: 'Choose one.',
}
export const valueError = (tracker: Kindly, text: string) =>
  valueOf(tracker, text) === null ? WANTED[tracker.kind] : null
export function dayError(day: string, today: string): string | null {
  if (!/^\d{4}-\d\d-\d\d$/.test(day)) return 'Choose a day.'
  return day > today ? 'That day is still ahead. Choose today or earlier.' : null
}
export function noteError(note: string, locale: Locale): string | null {
  const length = [...note].length
  if (length <= NOTE_MOST) return null
  const say = (count: number) => numberFormat(locale.language, {}).format(count)
  return `This note is ${say(length)} characters long; ${say(NOTE_MOST)} fit.`
}
/** Day and time for the two fields; an entry that brought only a day has no time. */
export function momentOf(entry: Log, locale: Locale): { day: string; time: string } {
  if (!entry.timed) return { day: entry.local_day, time: '' }
  return { day: dayOf(entry.logged_at, locale), time: timeField(entry.logged_at, locale) }
}
/** The account's own time without an offset, or the day alone. */
export const momentText = (day: string, time: string): NewLog['logged_at'] =>
  time ? `${day}T${time}:00` : day
