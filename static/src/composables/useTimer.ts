/** Starting and stopping a tracker's timer, which runs on the server. */
import { serverNow } from '@/api/http'
import * as api from '@/api/trackers'
import type { Log, TodayItem } from '@/api/types'
import { useTimers } from '@/stores/timers'
import { useToday } from '@/stores/today'

import { useActs } from './useActs'
import { useFormat } from './useFormat'
import { useUndo } from './useUndo'

export function useTimer() {
  const today = useToday()
  const timers = useTimers()
  const acts = useActs()
  const undo = useUndo()
  const format = useFormat()

  async function start(item: TodayItem): Promise<void> {
    item.timer_started_at = new Date(serverNow()).toISOString()
    const done = await acts.send(
      item,
      async (act) => {
        const timer = await api.startTimer(item.id, act)
        item.timer_started_at = timer.started_at
        timers.started({ ...timer, name: item.name })
        void undo.say(`${item.name} timer started.`)
      },
      (problem) => {
        item.timer_started_at = null
        acts.fail(item, problem, () => start(item))
      },
    )
    if (!done) timers.stopped(item.id)
  }
  /** Stopping is shown when the server has measured it: the page does not guess how long it was. */
  async function stop(item: TodayItem): Promise<void> {
    const draft = today.row(item.id).draft
    await acts.send(
      item,
      async (act) => {
        const entry = await api.stopTimer(item.id, act)
        item.timer_started_at = null
        timers.stopped(item.id)
        if (entry) stopped(item, entry, draft)
      },
      (problem) => acts.fail(item, problem, () => stop(item)),
    )
  }
  function stopped(item: TodayItem, entry: Log, draft: string): void {
    if (entry.local_day === today.page?.day) acts.put(item, item.entries, entry)
    else void today.refresh()
    const kept = item.entries.find((each) => each.id === entry.id) ?? entry
    if (draft) {
      today.row(item.id).draft = ''
      void acts.change(item, kept, { note: draft })
    }
    const value = format.value(item.kind, entry.value, item.unit)
    undo.offer({
      text: `${item.name} logged: ${value}`,
      spoken: `${item.name} timer stopped, ${value} logged. Undo available.`,
      undo: () => acts.remove(today.items.find((each) => each.id === item.id) ?? item, kept),
    })
  }
  async function drop(item: TodayItem): Promise<boolean> {
    const since = item.timer_started_at
    item.timer_started_at = null
    return acts.send(
      item,
      async () => {
        await api.dropTimer(item.id)
        timers.stopped(item.id)
        void undo.say(`${item.name} timer dropped.`)
      },
      (problem) => {
        item.timer_started_at = since
        acts.fail(item, problem, () => drop(item))
      },
    )
  }
  return { start, stop, drop }
}
