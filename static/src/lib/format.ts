/** Numbers, durations and days as people write them: pure, so that every page says the same. */
import type { Kind, Value } from '@/api/types'

import { numberFormat } from './intl'

const AMOUNT = String.raw`(\d+(?:\.\d+)?)`
const DURATION = new RegExp(
  `^(?:${AMOUNT}h(?:ours?|rs?)?)?(?:${AMOUNT}m(?:in(?:utes?|s)?)?)?(?:${AMOUNT}s(?:ec(?:onds?|s)?)?)?$`,
)

export interface Locale {
  language: string
  zone: string
  /** True and false are the person's wish; undefined leaves it to the language. */
  clock24?: boolean
  /** The person's logical day, for "Today" and "Yesterday". */
  today: string
}

const NBSP = '\u00a0'
const MINUS = '\u2212'
const WORDS = 'no one two three four five six seven eight nine ten eleven twelve'.split(' ')

export function sayCount(count: number): string {
  return WORDS[count] ?? String(count)
}
export function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1)
}
/** plural(1, 'entry', 'entries') is "1 entry". */
export function plural(count: number, one: string, many: string, language = 'en'): string {
  return `${formatNumber(count, language)} ${count === 1 ? one : many}`
}

export function formatNumber(value: number, language: string, digits = 3): string {
  const text = numberFormat(language, { maximumFractionDigits: digits }).format(value)
  return text.replace('-', MINUS).replace(/^[-\u2212]0$/, '0')
}
/** 5400 is "1 h 30 min"; hours beyond a day stay hours. */
export function formatDuration(seconds: number, language = 'en'): string {
  const whole = Math.round(seconds)
  if (whole < 60) return `${whole}${NBSP}s`
  const minutes = Math.round(whole / 60)
  const hours = Math.floor(minutes / 60)
  const rest = minutes % 60
  const parts = []
  if (hours) parts.push(`${formatNumber(hours, language)}${NBSP}h`)
  if (rest) parts.push(`${rest}${NBSP}min`)
  return parts.join(' ')
}
/** A running timer: 0:12:41. */
export function formatClock(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds))
  const two = (part: number) => String(part).padStart(2, '0')
  return `${Math.floor(whole / 3600)}:${two(Math.floor(whole / 60) % 60)}:${two(whole % 60)}`
}
export function formatValue(kind: Kind, value: Value, unit: string, language: string): string {
  if (kind === 'boolean') return value ? 'Yes' : 'No'
  if (kind === 'multiple_choice' || typeof value === 'string') return String(value)
  if (kind === 'time_duration') return formatDuration(Number(value), language)
  const number = formatNumber(Number(value), language)
  return unit ? `${number}${NBSP}${unit}` : number
}
/** What fits into a day's cell: "1.5", "Good", "30m", "1h½". */
export function formatCell(kind: Kind, value: Value, language: string): string {
  if (kind === 'boolean') return value ? 'Yes' : 'No'
  if (kind === 'multiple_choice' || typeof value === 'string')
    return [...String(value)].slice(0, 4).join('')
  if (kind === 'time_duration') return shortDuration(Number(value))
  const options: Intl.NumberFormatOptions =
    Math.abs(Number(value)) < 1000
      ? { maximumSignificantDigits: 3 }
      : { notation: 'compact', maximumSignificantDigits: 2 }
  return numberFormat(language, options).format(Number(value)).replace('-', MINUS)
}
function shortDuration(seconds: number): string {
  if (seconds < 60) return `${Math.round(seconds)}s`
  const minutes = Math.round(seconds / 60)
  if (minutes < 60) return `${minutes}m`
  const hours = Math.floor(minutes / 60)
  const rest = minutes % 60
  if (rest === 0 || hours >= 10) return `${Math.round(minutes / 60)}h`
  return rest === 30 ? `${hours}h½` : `${hours}h${String(rest).padStart(2, '0')}`
}

/** A number as typed, with point or comma; null when it is none, or longer than 15 digits. */
export function parseNumber(text: string): number | null {
  const plain = text.trim().replace(MINUS, '-').replace(',', '.')
  if (!/^[+-]?(\d+\.?\d*|\.\d+)$/.test(plain)) return null
  const digits = plain.replace(/[^0-9]/g, '').replace(/^0+/, '')
  if (digits.length > 15) return null
  const value = Number(plain)
  return Object.is(value, -0) ? 0 : value
}
/** Seconds from "40", "40m", "1h30", "1:30", "1:30:00", "1 h 30 min", "45 s"; a bare number is minutes. */
export function parseDuration(text: string): number | null {
  const plain = text.trim().toLowerCase().replace(/\s+/g, '').replace(/,/g, '.')
  const colons = /^(\d+):([0-5]?\d)(?::([0-5]?\d))?$/.exec(plain)
  if (colons) return Number(colons[1]) * 3600 + Number(colons[2]) * 60 + Number(colons[3] ?? 0)
  if (/^\d+(\.\d+)?$/.test(plain)) return Math.round(Number(plain) * 60)
  const shortened = /^(\d+)h(\d{1,2})$/.exec(plain)
  if (shortened) return Number(shortened[1]) * 3600 + Number(shortened[2]) * 60
  const words = DURATION.exec(plain)
  if (!plain || !words) return null
  const part = (index: number) => Number(words[index] ?? 0)
  return Math.round(part(1) * 3600 + part(2) * 60 + part(3))
}
/** A duration as it stands in a field to be typed over: "40 min", "1 h 30 min" (plain spaces). */
export function editableDuration(seconds: number): string {
  return formatDuration(seconds).replaceAll(NBSP, ' ')
}
/** With the language's comma or point, and always in digits that `parseNumber` reads again. */
export function editableNumber(value: number, language: string): string {
  const plain = numberFormat('en', { maximumSignificantDigits: 15, useGrouping: false })
    .format(value)
    .replace('-', MINUS)
  return numberFormat(language, {}).format(0.5).includes(',') ? plain.replace('.', ',') : plain
}
/** 0.1 + 0.2 is 0.3 on a stepper. */
export function addStep(value: number, step: number): number {
  return Number((value + step).toPrecision(12))
}
