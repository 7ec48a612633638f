/** What a tracker's page shows, loaded together and again after every change. */
import { computed, ref, watch, type Ref } from 'vue'

import { getDays, getStats } from '@/api/insights'
import { getTracker } from '@/api/trackers'
import type { DayFigure, Span } from '@/api/types'
import { weekStart } from '@/lib/calendar'
import { shiftDay } from '@/lib/days'
import { useAccount } from '@/stores/account'

import { useLoad } from './useLoad'

/** As many weeks as the calendar has room for: a short range is shown among the weeks before it. */
const WEEKS = 15

export function useTrackerPage(id: number, span: Ref<Span>) {
  const account = useAccount()
  const tracker = useLoad(() => getTracker(id))
  const turn = ref(0)

  async function calendarDays(to: string, from: string, days: DayFigure[]): Promise<DayFigure[]> {
    const start = weekStart(shiftDay(to, -(WEEKS - 1) * 7), account.account?.week_starts_on ?? 1)
    return from <= start ? days : (await getDays(id, { from: start, to })).items
  }
  const figures = useLoad(async () => {
    const asked = span.value
    const [stats, days] = await Promise.all([getStats(id, asked), getDays(id, asked)])
    const calendar = await calendarDays(stats.to, stats.from, days.items)
    return { span: asked, stats, days: days.items, calendar }
  })
  watch(span, (now, before) => {
    if (JSON.stringify(now) !== JSON.stringify(before)) void figures.reload()
  })
  const mayWrite = computed(
    () =>
      tracker.data.value !== null &&
      tracker.data.value.role !== 'viewer' &&
      !tracker.data.value.archived,
  )
  /** After an entry has changed: the figures, the picture, and the tracker's own last value. */
  async function refresh(): Promise<void> {
    turn.value++
    await Promise.all([tracker.reload(), figures.reload()])
  }
  return { tracker, figures, turn, mayWrite, refresh }
}
