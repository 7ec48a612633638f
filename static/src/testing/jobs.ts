/** Jobs for specs. */
import type { ImportResult, Job } from '@/api/types'

export function aJob(change: Partial<Job> = {}): Job {
  return {
    id: 7,
    kind: 'import',
    state: 'running',
    step: '',
    done: 0,
    total: 0,
    result: {},
    error: null,
    filename: 'water.csv',
    size: null,
    created_at: '2026-11-21T09:00:00+01:00',
    finished_at: null,
    expires_at: null,
    ...change,
  }
}
export function aResult(change: Partial<ImportResult> = {}): ImportResult {
  return {
    format: 'loop',
    format_name: 'Loop, one habit, values x 1000',
    options: {
      format: 'loop',
      delimiter: ',',
      decimal: '.',
      date_order: 'ymd',
      header: true,
      encoding: 'utf-8',
      kind: 'numerical',
      scale: 1000,
      unit_seconds: 1,
    },
    questions: [],
    trackers: [
      {
        name: 'Water',
        kind: 'numerical',
        id: null,
        new: true,
        counts: { new: 812, same: 0, conflict: 3, bad: 2 },
      },
    ],
    counts: { new: 812, same: 0, conflict: 3, bad: 2 },
    lines: 817,
    ...change,
  }
}
