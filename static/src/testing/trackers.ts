/** Things to show in specs: a tracker and a log, each whole, with what a test cares about put in. */
import type { Log, Tracker } from '@/api/types'

export function aTracker(with_: Partial<Tracker> = {}): Tracker {
  return {
    id: 3,
    name: 'Water',
    description: 'Everything I drink.',
    kind: 'numerical',
    unit: 'l',
    step: 0.5,
    choices: [],
    role: 'owner',
    owner: 'mira',
    shared: false,
    position: 0,
    remind: true,
    archived: false,
    archived_at: null,
    deleted_at: null,
    last_logged_at: '2026-11-20T20:10:00+00:00',
    last_value: 1.5,
    last_local_day: '2026-11-20',
    last_timed: true,
    timer_started_at: null,
    version: 4,
    last_days: [],
    ...with_,
  }
}
export function aLog(with_: Partial<Log> = {}): Log {
  return {
    id: 71,
    tracker_id: 3,
    kind: 'numerical',
    value: 1.5,
    choice_id: null,
    logged_at: '2026-11-20T20:10:00+00:00',
    local_day: '2026-11-20',
    timed: true,
    note: '',
    by: 'mira',
    source: 'page',
    version: 2,
    deleted_at: null,
    ...with_,
  }
}
