/** The figures of a tracker as names and values, and the one sentence that says what its chart shows. Pure. */
import type { AnswerStats, ChoiceStats, NumberStats, Span, Stats, Tracker } from '@/api/types'

import { dayShortPlain } from './days'
import { formatDuration, formatNumber, plural, type Locale } from './format'
import { numberFormat } from './intl'

export interface Figure {
  name: string
  value: string
  /** After the value, smaller: its unit, or what it is out of. */
  unit?: string
  /** Below it: the same figure for whole days. */
  beside?: string
}
type Named = Pick<Tracker, 'name' | 'kind' | 'unit'>
const DASH = '–'
/** Of choices that tie, so many are named. */
const NAMED = 3

function amount(tracker: Named, value: number | null, locale: Locale, digits = 3) {
  if (value === null) return { value: DASH }
  if (tracker.kind === 'time_duration') return { value: formatDuration(value, locale.language) }
  return { value: formatNumber(value, locale.language, digits), unit: tracker.unit }
}
/** Means rarely end: two digits are enough for a number of any size. */
const rounded = (tracker: Named, value: number | null, locale: Locale) =>
  amount(tracker, value, locale, 2)

function numbers(tracker: Named, stats: NumberStats, locale: Locale): Figure[] {
  // With several entries a day the entries' figures and the days' are two things: both are said.
  const several = stats.count > stats.days_logged
  const daily = (value: number | null) => {
    if (!several || value === null) return undefined
    const by = rounded(tracker, value, locale)
    return `${by.value}${by.unit ? `\u00a0${by.unit}` : ''} a day`
  }
  const by = stats.by_day
  return [
    { name: 'Mean', ...rounded(tracker, stats.mean, locale), beside: daily(by.mean) },
    { name: 'Median', ...rounded(tracker, stats.median, locale), beside: daily(by.median) },
    { name: 'Lowest', ...amount(tracker, stats.min, locale), beside: daily(by.min) },
    { name: 'Highest', ...amount(tracker, stats.max, locale), beside: daily(by.max) },
    { name: 'Total', ...amount(tracker, stats.count ? stats.total : null, locale) },
  ]
}
const percent = (share: number | null, locale: Locale) =>
  share === null ? DASH : numberFormat(locale.language, { style: 'percent' }).format(share)

function answers(stats: AnswerStats, locale: Locale): Figure[] {
  const some = stats.count > 0
  const number = (value: number) => formatNumber(value, locale.language)
  const row = (value: number) => ({
    value: number(value),
    unit: value === 1 ? 'day' : 'days',
  })
  return [
    { name: 'Yes', value: some ? number(stats.yes) : DASH },
    { name: 'No', value: some ? number(stats.no) : DASH },
    { name: 'Share of Yes', value: percent(stats.share, locale) },
    { name: 'In a row now', ...row(stats.streak) },
    { name: 'Longest in a row', ...row(stats.best_streak) },
  ]
}
function choices(stats: ChoiceStats, locale: Locale): Figure[] {
  const named = (labels: string[]) => {
    if (!stats.count || !labels.length) return DASH
    const more = labels.length - NAMED
    // One that is left out takes no less room than its name.
    if (more < 2) return labels.join(', ')
    return `${labels.slice(0, NAMED).join(', ')} and ${formatNumber(more, locale.language)} more`
  }
  return [
    { name: 'Entries', value: formatNumber(stats.count, locale.language) },
    { name: 'Most', value: named(stats.most_used) },
    { name: 'Least', value: named(stats.least_used) },
  ]
}
export function figuresOf(tracker: Named, stats: Stats, locale: Locale): Figure[] {
  const number = (value: number) => formatNumber(value, locale.language)
  const logged = {
    name: 'Days logged',
    value: number(stats.days_logged),
    unit: `of ${number(stats.days)}`,
  }
  if (stats.kind === 'boolean') return [logged, ...answers(stats, locale)]
  if (stats.kind === 'multiple_choice') return [logged, ...choices(stats, locale)]
  return [logged, ...numbers(tracker, stats, locale)]
}

/** "Water by day, 23 Oct to 21 Nov: 1.1 to 2.3 l, mean 1.6 l, 26 of 30 days". */
export function chartSentence(tracker: Named, stats: Stats, locale: Locale): string {
  const span = `${dayShortPlain(stats.from, locale)} to ${dayShortPlain(stats.to, locale)}`
  const days = `${stats.days_logged} of ${plural(stats.days, 'day', 'days', locale.language)}`
  if (!stats.count) return `${tracker.name}, ${span}: no entry`
  if (stats.kind === 'boolean') {
    return `${tracker.name}, ${span}: Yes on ${plural(stats.yes_days, 'day', 'days', locale.language)}, No on ${stats.no_days}, ${days}`
  }
  if (stats.kind === 'multiple_choice') {
    const used = stats.choices.filter((choice) => choice.count > 0)
    const counts = used.map((choice) => `${choice.label} ${choice.days}`).join(', ')
    return `${tracker.name}, days by choice, ${span}: ${counts}, ${days}`
  }
  const of = stats.by_day
  const say = (value: number | null) => {
    const { value: text, unit } = { unit: '', ...rounded(tracker, value, locale) }
    return unit ? `${text}\u00a0${unit}` : text
  }
  return `${tracker.name} by day, ${span}: ${say(of.min)} to ${say(of.max)}, mean ${say(of.mean)}, ${days}`
}
/** "Nothing in these 30 days." */
export function nothingIn(span: Span, days: number, language: string): string {
  if (span.range === 'all') return 'Nothing here yet.'
  return days === 1
    ? 'Nothing on this day.'
    : `Nothing in these ${formatNumber(days, language)} days.`
}
