import { fireEvent, screen, within } from '@testing-library/vue'
import userEvent from '@testing-library/user-event'
import { beforeEach, expect, it, vi } from 'vitest'

import type { WholeReport } from '@/api/types'
import { aJob } from '@/testing/jobs'
import { renderPage } from '@/testing/page'
import { aRow, aWholeReport, someFacts } from '@/testing/reports'
import { serve } from '@/testing/server'

import ReportView from './ReportView.vue'

async function show(report?: WholeReport, table: Record<string, unknown> = {}) {
  const server = serve({ ...(report ? { 'GET reports/7': report } : {}), ...table })
  return { server, ...(await renderPage(ReportView, '/reports/7', '/reports/:report(\\d+)')) }
}
beforeEach(() => {
  vi.useFakeTimers({ shouldAdvanceTime: true, now: new Date('2026-11-21T14:00:00+01:00') })
})

it('says what the report says, in its order and literally', async () => {
  await show(aWholeReport())
  await screen.findByRole('heading', { level: 1, name: 'Your October 2026' })
  const headings = screen.getAllByRole('heading', { level: 2 }).map((each) => each.textContent)
  expect(headings).toEqual([
    'Fullest and lightest day',
    'Resting',
    'Water',
    'Worth rereading',
    'How these figures are counted',
  ])
  screen.getByText('By the <b>river</b>')
  const [, row] = within(screen.getByRole('table')).getAllByRole('row')
  expect(row!.textContent).toMatch(
    /Water, Number\s*2 of 3\s*mean 1\.8 l a day, total 3\.5 l\s*\+0\.2 l/,
  )
  screen.getByRole('columnheader', { name: 'Against September' })
  screen.getByText(/^1 to 31 October 2026, Europe\/Vienna, made/)
  expect(document.title).toBe('Your October 2026 · Tend')
})
it('has a picture with its sentence, and the same numbers as a table', async () => {
  await show(aWholeReport())
  const picture = await screen.findByAltText('Water by day, 1 to 3 October: 1.5 to 2 litres')
  expect(picture.getAttribute('src')).toMatch(/reports\/7\/charts\/1\.svg\?size=\w+&theme=light$/)
  await userEvent.click(screen.getByRole('button', { name: 'Table' }))
  const [, table] = screen.getAllByRole('table')
  expect(
    within(table!)
      .getAllByRole('row')
      .map((each) => each.textContent),
  ).toEqual([
    'DayValue7-day mean',
    'Sat 3 Oct2\u00a0l1.75\u00a0l',
    'Fri 2 Octno entry1.5\u00a0l',
    'Thu 1 Oct1.5\u00a0l1.5\u00a0l',
  ])
})
it('opens the table when the picture cannot be had', async () => {
  const rows = [aRow({ name: 'Mood', kind: 'multiple_choice', bars: [['Calm', 12]], alt: 'Moods' })]
  await show(aWholeReport({ facts: someFacts({ rows }) }))
  await fireEvent.error(await screen.findByAltText('Moods'))
  screen.getByText('The chart could not be drawn. These are its numbers.')
  screen.getByRole('rowheader', { name: 'Calm' })
})
it('leads to the one before, and to none after the newest', async () => {
  await show(aWholeReport())
  const older = await screen.findByRole('link', { name: 'Older report' })
  expect(older.getAttribute('href')).toBe('/reports/6')
  expect(screen.queryByRole('link', { name: 'Newer report' })).toBeNull()
  const pdf = screen.getByRole('link', { name: 'Download PDF' })
  expect(pdf.getAttribute('href')).toBe('/api/v1/reports/7/file?format=pdf')
})
it('is short and kind about a month without entries', async () => {
  const sentence = 'October has no entries, and that is fine.'
  const facts = someFacts({ empty: true, sentence })
  await show(aWholeReport({ facts }))
  await screen.findByText(sentence)
  expect(screen.queryByRole('table')).toBeNull()
  expect(screen.queryAllByRole('heading', { level: 2 })).toEqual([])
  screen.getByRole('link', { name: 'Today' })
})
it('waits for one that is being made, and says why one was not', async () => {
  const pending = aWholeReport({ state: 'running', facts: null, job_id: 7 })
  const failed = aWholeReport({ state: 'failed', facts: null, error: 'The disk is full.' })
  const answers = [pending, failed]
  await show(undefined, {
    'GET reports/7': () => (answers.length > 1 ? answers.shift() : failed),
    'GET jobs/7': aJob({ kind: 'report', state: 'failed' }),
  })
  await screen.findByText('The disk is full.')
  expect(screen.queryByRole('link', { name: 'Download PDF' })).toBeNull()
})
it('is not there for others', async () => {
  await show()
  await screen.findByRole('heading', { name: 'There is nothing here' })
})
