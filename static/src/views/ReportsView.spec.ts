import { screen, waitFor, within } from '@testing-library/vue'
import userEvent from '@testing-library/user-event'
import { beforeEach, expect, it, vi } from 'vitest'

import type { Report } from '@/api/types'
import { useToasts } from '@/stores/toasts'
import { aJob } from '@/testing/jobs'
import { renderPage } from '@/testing/page'
import { aDelivery, aReport, aWholeReport } from '@/testing/reports'
import { problem, serve } from '@/testing/server'
import { aTracker } from '@/testing/trackers'

import ReportsView from './ReportsView.vue'

const page = (items: Report[]) => ({ items, next: null })
const trackers = [aTracker(), aTracker({ id: 4, name: 'Walk', kind: 'time_duration' })]
const TRACKERS = {
  'GET trackers?state=active&limit=200': { items: trackers, next: null },
  'GET trackers?state=archived&limit=200': page([]),
}
async function show(items: Report[], table: Record<string, unknown> = {}) {
  const server = serve({ 'GET reports?limit=20': page(items), ...TRACKERS, ...table })
  return { server, ...(await renderPage(ReportsView, '/reports')) }
}
const press = (name: string | RegExp) => userEvent.click(screen.getByRole('button', { name }))

beforeEach(() => {
  vi.useFakeTimers({ shouldAdvanceTime: true, now: new Date('2026-11-21T14:00:00+01:00') })
})

it('says when the first one comes, and makes one now', async () => {
  const queued = aReport({ state: 'queued', sentence: null, job_id: 7, scheduled: false })
  const { server } = await show([], {
    'POST reports': queued,
    'GET jobs/7': aJob({ kind: 'report', state: 'running', done: 3, total: 12 }),
  })
  await screen.findByRole('heading', { name: 'Your first report comes on 1 December' })
  await press('Make one now')
  expect(await screen.findByLabelText<HTMLSelectElement>('Month')).toHaveProperty(
    'value',
    '2026-10',
  )
  await userEvent.click(await screen.findByLabelText(/^Walk/))
  await userEvent.click(screen.getByRole('button', { name: 'PDF' }))
  await press('Make the report')
  const bar = await screen.findByRole('progressbar', { name: /^Your October 2026/ })
  expect(bar.getAttribute('aria-valuetext')).toBe('3 of 12')
  expect(screen.queryByRole('dialog')).toBeNull()
  expect(server.of('POST')[0]!.body).toEqual({
    period: '2026-10',
    tracker_ids: [3],
    format: 'pdf',
    paper: 'a4',
  })
})
it('names days of one’s own, and what is wrong with them stands by the field', async () => {
  await show([aReport()], {
    'POST reports': problem(422, '', {
      errors: [{ field: 'from', message: 'A report covers at most 10 years. Choose fewer days.' }],
    }),
  })
  await screen.findByText('October was a steady month.')
  await press('Make a report')
  await press('From, to')
  const from = screen.getByLabelText('From')
  await userEvent.clear(from)
  await userEvent.type(from, '2014-01-01')
  await press('Make the report')
  await waitFor(() => expect(from.getAttribute('aria-invalid')).toBe('true'))
  screen.getByText('A report covers at most 10 years. Choose fewer days.')
})
it('needs one tracker', async () => {
  const { server } = await show([aReport()])
  await screen.findByText('October was a steady month.')
  await press('Make a report')
  await userEvent.click(await screen.findByRole('button', { name: 'None of them' }))
  await press('Make the report')
  await screen.findByText('Tick one tracker at least.')
  expect(server.of('POST')).toHaveLength(0)
})
it('shows the report once its job is over', async () => {
  const answers = [aJob({ kind: 'report' }), aJob({ kind: 'report', state: 'done' })]
  await show([aReport({ state: 'running', sentence: null, job_id: 7 })], {
    'GET jobs/7': () => (answers.length > 1 ? answers.shift() : answers[0]),
    'GET reports/7': aWholeReport(),
  })
  await screen.findByRole('progressbar')
  await vi.advanceTimersByTimeAsync(2000)
  await screen.findByText('October was a steady month.')
  screen.getByRole('link', { name: 'Read Your October 2026' })
})
it('says why one was not made, and tries again', async () => {
  const failed = aReport({ state: 'failed', sentence: null, error: 'The disk is full.' })
  const { server } = await show([failed], {
    'POST reports': aReport({ id: 9, state: 'queued', sentence: null }),
  })
  await screen.findByText('The disk is full.')
  await press(/^Try again/)
  await screen.findByText('Next in line')
  expect(server.of('POST')[0]!.body).toEqual({ period: '2026-10', format: 'html', paper: 'a4' })
  expect(screen.queryByText('The disk is full.')).toBeNull()
})
it('gives it as PDF and as HTML, and mails it', async () => {
  await show([aReport()], {
    'POST reports/7/mail': aDelivery({
      kind: 'report_copy',
      channel: 'mail',
      to: 'mira@example.org',
    }),
  })
  const pdf = await screen.findByRole('link', { name: 'PDF of Your October 2026' })
  expect(pdf.getAttribute('href')).toBe('/api/v1/reports/7/file?format=pdf')
  await press(/^Mail it to me/)
  await waitFor(() => expect(useToasts().current?.text).toContain('data folder'))
  await press('More for Your October 2026')
  screen.getByRole('menuitem', { name: 'Download HTML' })
})
it('deletes with a way back, and the focus goes to the next one', async () => {
  const list = [aReport(), aReport({ id: 6, title: 'Your September 2026' })]
  const { server } = await show(list, {
    'DELETE reports/7': null,
    'POST reports/7/restore': aReport(),
  })
  await screen.findByText('Your October 2026')
  await press('More for Your October 2026')
  await userEvent.click(screen.getByRole('menuitem', { name: 'Delete' }))
  await waitFor(() => expect(screen.queryByText('Your October 2026')).toBeNull())
  expect(document.activeElement?.closest('li')?.textContent).toContain('Your September 2026')
  await press('Undo')
  await screen.findByText('Your October 2026')
  expect(server.of('POST')[0]!.path).toBe('reports/7/restore')
  within(screen.getByRole('list')).getByText('Your September 2026')
})
