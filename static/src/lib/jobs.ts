/** What a job's row means to the person who watches it: pure. */
import type { ConflictAnswer, ImportResult, Job, Kind, Outcome } from '@/api/types'

import { dayOf, daysBetween, dayShort, timeOf } from './days'
import type { Locale } from './format'
import { numberFormat } from './intl'

export type Phase =
  'reading' | 'look' | 'working' | 'undoing' | 'done' | 'failed' | 'stopped' | 'undone'

export const isBusy = (job: Job) => job.state === 'queued' || job.state === 'running'
export const percent = (job: Job) =>
  job.state === 'done' ? 100 : job.total > 0 ? Math.floor((100 * job.done) / job.total) : 0

/** What an import found out about its file; null before it was read. */
export function resultOf(job: Job): ImportResult | null {
  return 'counts' in job.result ? (job.result as ImportResult) : null
}
/** Where an import stands. `step` says which of its three works is under way. */
export function phaseOf(job: Job): Phase {
  switch (job.state) {
    case 'preview':
      return 'look'
    case 'cancelled':
      return 'stopped'
    case 'queued':
    case 'running':
      if (/undo/.test(job.step)) return 'undoing'
      return /write|confirm|import|apply/.test(job.step) ? 'working' : 'reading'
    default:
      return job.state
  }
}
/** The steps of ux.md's page; what is over stands at the last. */
export function stepOf(phase: Phase | null): 1 | 2 | 3 | 4 {
  if (phase === null) return 1
  if (phase === 'reading' || phase === 'look') return 2
  return phase === 'working' || phase === 'undoing' ? 3 : 4
}
export const isExpired = (job: Job, now: number) =>
  job.expires_at !== null && Date.parse(job.expires_at) <= now

/** How many lines an answer brings in: the new ones, and those that differ and are not kept. */
export function broughtBy(
  counts: Record<Outcome, number>,
  forAll: ConflictAnswer,
  lines: Record<string, ConflictAnswer>,
): { all: number; taken: number } {
  const own = Object.values(lines)
  const rest = Math.max(0, counts.conflict - own.length)
  const count = (answer: ConflictAnswer) =>
    own.filter((each) => each === answer).length + (forAll === answer ? rest : 0)
  return { all: counts.new + count('replace') + count('both'), taken: count('replace') }
}
const UNITS = ['kB', 'MB', 'GB']
/** 48200 is "48.2 kB". */
export function sizeWords(bytes: number, language: string): string {
  let size = bytes / 1000
  let at = 0
  while (size >= 1000 && at < UNITS.length - 1) {
    size /= 1000
    at++
  }
  const digits = size < 10 ? 1 : 0
  return `${numberFormat(language, { maximumFractionDigits: digits }).format(Math.max(size, 0.1))}\u00a0${UNITS[at]}`
}
/** "today 14:00", "tomorrow 14:00", else "Wed 25 Nov 14:00". */
export function untilWords(instant: string, locale: Locale): string {
  const day = dayOf(instant, locale)
  const ahead = daysBetween(locale.today, day)
  const name = ahead === 0 ? 'today' : ahead === 1 ? 'tomorrow' : dayShort(day, locale)
  return `${name} ${timeOf(instant, locale)}`
}

type Words = Record<string, string>
export const FORMAT_WORDS: Words = {
  tend: "Tend's own export",
  loop: 'Loop, one habit',
  plain: 'A table of dates and values',
}
export const ORDER_WORDS: Words = {
  ymd: 'Year, month, day',
  dmy: 'Day, month, year',
  mdy: 'Month, day, year',
}
export const DECIMAL_WORDS: Words = { '.': 'Point, as in 1.5', ',': 'Comma, as in 1,5' }
export const DELIMITER_WORDS: Words = { ',': 'Comma', ';': 'Semicolon', '\t': 'Tab' }
export const ENCODING_WORDS: Words = {
  'utf-8': 'UTF-8, the usual one',
  'utf-8-sig': 'UTF-8 with a mark',
  'utf-16': 'UTF-16',
  cp1252: 'Western European (Windows)',
  'latin-1': 'Western European (Latin 1)',
}
export const SCALE_WORDS: Words = {
  '1': 'As they stand',
  '10': 'Ten times too large',
  '100': 'A hundred times too large',
  '1000': 'A thousand times too large',
}
export const UNIT_WORDS: Words = { '1': 'Seconds', '60': 'Minutes', '3600': 'Hours' }
/** Which guesses say something about this file: our own export leaves nothing open but its text. */
export function guessesFor(format: string | undefined, kind: Kind | undefined): string[] {
  if (format === 'tend') return ['format', 'encoding']
  const more = kind === 'time_duration' ? ['unit_seconds'] : []
  const numbers = kind === 'numerical' || kind === 'time_duration' ? ['decimal', 'scale'] : []
  return ['format', 'date_order', ...numbers, ...more, 'header', 'delimiter', 'encoding']
}
