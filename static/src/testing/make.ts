/** Things for specs to look at: a day of trackers, shaped like the API's. */
import type { Kind, Log, Today, TodayItem, Value } from '@/api/types'

export const TODAY = '2026-11-21'
export const DAYS = [15, 16, 17, 18, 19, 20, 21].map((day) => `2026-11-${day}`)

let ids = 1000
export function makeLog(
  item: { id: number; kind: Kind },
  value: Value,
  change: Partial<Log> = {},
): Log {
  return {
    id: ids++,
    tracker_id: item.id,
    kind: item.kind,
    value,
    choice_id: null,
    logged_at: '2026-11-21T07:40:00+01:00',
    local_day: TODAY,
    timed: true,
    note: '',
    by: 'mira',
    source: 'page',
    version: 1,
    deleted_at: null,
    ...change,
  }
}
export function makeItem(kind: Kind, change: Partial<TodayItem> = {}): TodayItem {
  return {
    id: 7,
    name: 'Water',
    description: '',
    kind,
    unit: '',
    step: null,
    choices: [],
    role: 'owner',
    owner: 'mira',
    shared: false,
    position: 1,
    remind: true,
    archived: false,
    archived_at: null,
    deleted_at: null,
    last_logged_at: null,
    last_value: null,
    last_local_day: null,
    last_timed: true,
    timer_started_at: null,
    version: 1,
    step_used: kind === 'numerical' ? 0.5 : null,
    usual: null,
    entries: [],
    last_days: DAYS.map((day) => ({ day, count: 0, value: null })),
    ...change,
  }
}
export function makeToday(items: TodayItem[], change: Partial<Today> = {}): Today {
  return { day: TODAY, today: TODAY, until: null, days: DAYS, logged: 0, items, ...change }
}
export const MOODS = ['Calm', 'Good', 'Flat'].map((label, at) => ({
  id: 40 + at,
  label,
  archived: false,
}))
