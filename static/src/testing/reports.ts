/** Reports and deliveries for specs. */
import type { Delivery, Report, ReportFacts, ReportRow, WholeReport } from '@/api/types'

export function aReport(change: Partial<Report> = {}): Report {
  return {
    id: 7,
    title: 'Your October 2026',
    period: '2026-10',
    from: '2026-10-01',
    to: '2026-10-31',
    format: 'html',
    paper: 'a4',
    tracker_ids: null,
    state: 'done',
    sentence: 'October was a steady month.',
    error: null,
    scheduled: true,
    created_at: '2026-11-01T06:00:00+01:00',
    made_at: '2026-11-01T06:00:12+01:00',
    gone_at: null,
    size: 48200,
    job_id: null,
    ...change,
  }
}
export function aRow(change: Partial<ReportRow> = {}): ReportRow {
  return {
    tracker_id: 3,
    name: 'Water',
    kind: 'numerical',
    unit: 'l',
    days_logged: 2,
    days: 3,
    figures: 'mean 1.8 l a day, total 3.5 l',
    change: '+0.2 l',
    streak: 1,
    best_streak: 1,
    marks: [
      { day: '2026-10-01', value: 1.5, level: 0 },
      { day: '2026-10-02', value: null, level: null },
      { day: '2026-10-03', value: 2, level: 4 },
    ],
    means: [1.5, 1.5, 1.75],
    bars: [],
    alt: 'Water by day, 1 to 3 October: 1.5 to 2 litres',
    note: 'Number in litres',
    chart: 1,
    ...change,
  }
}
export function someFacts(change: Partial<ReportFacts> = {}): ReportFacts {
  return {
    person: 'Mira',
    zone: 'Europe/Vienna',
    period: '2026-10',
    title: 'October 2026',
    before: 'September',
    first: '2026-10-01',
    last: '2026-10-31',
    made_at: '2026-11-01T06:00:12+01:00',
    run_ends: 'now',
    days: 31,
    days_logged: 29,
    sentence: 'October was a steady month.',
    rows: [aRow()],
    fullest: 'Sunday 18 October had the most.',
    lightest: 'Tuesday 6 October had the least.',
    notes: [
      { day: '2026-10-18', tracker: 'Mood', kind: 'multiple_choice', text: 'By the <b>river</b>' },
    ],
    resting: ['Journal had no entry. It can stay, rest in the archive, or go.'],
    counted: ['A mean counts the days that have an entry.'],
    empty: false,
    ...change,
  }
}
export function aWholeReport(change: Partial<WholeReport> = {}): WholeReport {
  return { ...aReport(), facts: someFacts(), older: 6, newer: null, ...change }
}
export function aDelivery(change: Partial<Delivery> = {}): Delivery {
  return {
    id: 40,
    kind: 'reminder',
    label: 'Reminder',
    period: '2026-11-20',
    channel: 'webhook',
    to: 'hooks.example.org',
    state: 'sent',
    attempts: 1,
    status: 200,
    error: null,
    created_at: '2026-11-20T20:00:00+01:00',
    next_at: null,
    sent_at: '2026-11-20T20:00:03+01:00',
    can_resend: true,
    ...change,
  }
}
