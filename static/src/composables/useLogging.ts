/** What a press on Today does, with its message, its Undo and what is said aloud. */
import type { Log, TodayItem, Value } from '@/api/types'
import { dayValue } from '@/lib/entries'
import { afterFrame } from '@/lib/frame'
import { useToday } from '@/stores/today'

import { useActs, type Outcome } from './useActs'
import { useFormat } from './useFormat'
import { useUndo } from './useUndo'

export function useLogging() {
  const today = useToday()
  const acts = useActs()
  const undo = useUndo()
  const format = useFormat()

  const say = (item: TodayItem, value: Value) => format.value(item.kind, value, item.unit)
  const onDay = (day: string) => (day === today.page?.today ? 'today' : format.dayLong(day))
  /** An item may have been replaced by a newer answer since the act: undo works on the present one. */
  const present = (item: TodayItem) => today.items.find((each) => each.id === item.id) ?? item

  /** The message is drawn after the row: on a slow phone it costs as much again. */
  async function offer(outcome: Outcome, given: Parameters<typeof undo.offer>[0]): Promise<void> {
    await afterFrame()
    const id = undo.offer(given)
    void outcome.done.then((kept) => {
      if (!kept) undo.forget(id)
    })
  }
  function spoken(item: TodayItem, entry: Log, day: string, entries: readonly Log[]): string {
    const value = say(item, entry.value)
    const sums = item.kind === 'numerical' || item.kind === 'time_duration'
    if (!sums) return `${item.name}, ${value}, logged for ${onDay(day)}. Undo available.`
    const total = dayValue(item.kind, entries)
    return `${item.name}, ${value} added, ${say(item, total ?? 0)} ${onDay(day)}. Undo available.`
  }

  async function log(item: TodayItem, value: Value, day: string): Promise<void> {
    const entries = await today.entriesOf(item, day)
    const earlier = item.kind === 'multiple_choice' ? entries.at(-1) : undefined
    const outcome = await acts.record(item, value, day)
    const { entry } = outcome
    void offer(outcome, {
      text: `${item.name} logged: ${say(item, value)}`,
      spoken: spoken(item, entry, day, entries),
      undo: () => acts.remove(present(item), entry),
      actions: earlier
        ? [{ label: 'Replace', run: () => replace(present(item), earlier, entry, value) }]
        : [],
    })
  }
  /** The second answer takes the place of the first. */
  async function replace(item: TodayItem, earlier: Log, later: Log, value: Value): Promise<void> {
    await acts.remove(item, later)
    await change(item, earlier, value)
  }
  async function change(item: TodayItem, entry: Log, value: Value): Promise<void> {
    const before = entry.value
    if (before === value) return
    const outcome = await acts.change(item, entry, { value })
    void offer(outcome, {
      text: `${item.name} changed: ${say(item, value)}`,
      spoken: `${item.name}, ${say(item, value)}, changed for ${onDay(entry.local_day)}. Undo available.`,
      undo: () => acts.change(present(item), entry, { value: before }),
    })
  }
  async function remove(item: TodayItem, entry: Log): Promise<void> {
    const outcome = await acts.remove(item, entry)
    void offer(outcome, {
      text: 'Entry removed.',
      spoken: `${item.name}, ${say(item, entry.value)}, removed. Undo available.`,
      undo: () => acts.restore(present(item), entry),
    })
  }
  /** Yes or No: logs, changes to the other, and removes on a second press. */
  async function answer(item: TodayItem, value: boolean, day: string): Promise<void> {
    const last = (await today.entriesOf(item, day)).at(-1)
    if (!last) return log(item, value, day)
    return last.value === value ? remove(item, last) : change(item, last, value)
  }
  /** A choice: adds an answer, or takes back the latest of the same. */
  async function choose(item: TodayItem, label: string, day: string): Promise<void> {
    const entries = await today.entriesOf(item, day)
    const same = entries.findLast((entry) => entry.value === label)
    return same ? remove(item, same) : log(item, label, day)
  }
  /** A yes/no cell goes round: no entry, Yes, No, no entry. */
  async function turn(item: TodayItem, day: string): Promise<void> {
    const last = (await today.entriesOf(item, day)).at(-1)
    if (!last) return log(item, true, day)
    return last.value === true ? change(item, last, false) : remove(item, last)
  }
  async function note(item: TodayItem, text: string): Promise<void> {
    const entry = item.entries.at(-1)
    if (!entry) {
      today.row(item.id).draft = text
      return
    }
    const before = entry.note
    if (before === text) return
    const outcome = await acts.change(item, entry, { note: text })
    void offer(outcome, {
      text: text ? 'Note saved.' : 'Note removed.',
      undo: () => acts.change(present(item), entry, { note: before }),
    })
  }
  return { log, change, remove, answer, choose, turn, note }
}
