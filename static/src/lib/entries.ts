/** What a day's entries come to, and how a row says so: pure. */
import type { DayMark, Kind, Log, Tracker, Value } from '@/api/types'

/** Numbers and durations add up; of answers the last one counts. */
export function dayValue(kind: Kind, entries: readonly Pick<Log, 'value'>[]): Value | null {
  const last = entries.at(-1)
  if (!last) return null
  if (kind === 'boolean' || kind === 'multiple_choice') return last.value
  const sum = entries.reduce((total, entry) => total + Number(entry.value), 0)
  return Number(sum.toPrecision(15))
}
export function dayMark(kind: Kind, day: string, entries: readonly Log[]): DayMark {
  return { day, count: entries.length, value: dayValue(kind, entries) }
}
export function inOrder(entries: Log[]): Log[] {
  return entries.sort((a, b) => Date.parse(a.logged_at) - Date.parse(b.logged_at))
}
export function choiceId(tracker: Pick<Tracker, 'choices'>, label: Value): number | null {
  return tracker.choices.find((choice) => choice.label === label)?.id ?? null
}
/** What the API is sent: a choice by its id, since two labels may differ by case alone. */
export function outgoing(tracker: Pick<Tracker, 'kind' | 'choices'>, value: Value): Value {
  return tracker.kind === 'multiple_choice' ? (choiceId(tracker, value) ?? value) : value
}
