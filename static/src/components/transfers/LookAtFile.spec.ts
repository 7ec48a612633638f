import { render, screen, waitFor, within } from '@testing-library/vue'
import userEvent from '@testing-library/user-event'
import { beforeEach, expect, it, vi } from 'vitest'

import * as trackers from '@/api/trackers'
import * as api from '@/api/transfers'
import type { ImportResult, ImportRow } from '@/api/types'
import { signIn } from '@/testing/account'
import { aJob, aResult } from '@/testing/jobs'

import LookAtFile from './LookAtFile.vue'

vi.mock('vue-router', async (original) => ({
  ...(await original<typeof import('vue-router')>()),
  useRouter: () => ({ push: vi.fn() }),
}))
vi.mock('@/api/trackers')
vi.mock('@/api/transfers')
const row = (line: number, change: Partial<ImportRow> = {}): ImportRow => ({
  line,
  tracker: 'Water',
  when: '2026-11-01',
  value: '2',
  note: '',
  reason: null,
  ours: null,
  ...change,
})
beforeEach(() => {
  signIn()
  vi.mocked(trackers.getTrackers).mockResolvedValue({ items: [], next: null })
  vi.mocked(api.confirmImport).mockResolvedValue(aJob({ step: 'write' }))
  vi.mocked(api.rereadImport).mockResolvedValue(aJob())
  vi.mocked(api.getImportRows).mockImplementation(async (_id, outcome, after) => {
    if (outcome === 'conflict')
      return { items: [4, 5, 6].map((line) => row(line, { ours: '3' })), next: null }
    if (outcome === 'bad')
      return {
        items: [
          row(18, { when: '', value: '31.02.2025,2', reason: 'There is no 31 February 2025.' }),
        ],
        next: null,
      }
    return after ? { items: [row(30)], next: null } : { items: [row(2), row(3)], next: '3' }
  })
})
function show(result: Partial<ImportResult> = {}) {
  const job = aJob({ state: 'preview', result: aResult(result) })
  return render(LookAtFile, { props: { job, result: aResult(result) } })
}
const tab = (name: RegExp) => screen.getByRole('tab', { name })

it('shows the new lines first, more on demand, and that nothing has changed', async () => {
  show()
  screen.getByText('Nothing has been changed yet.')
  expect(tab(/812 new/).getAttribute('aria-selected')).toBe('true')
  await userEvent.click(await screen.findByRole('button', { name: 'Show more' }))
  await waitFor(() => expect(screen.getAllByRole('row')).toHaveLength(4))
  expect(api.getImportRows).toHaveBeenLastCalledWith(7, 'new', '3', 25)
})
it('moves between the tabs with the arrows, and gives each bad line its reason', async () => {
  show()
  tab(/812 new/).focus()
  await userEvent.keyboard('{ArrowLeft}')
  expect(document.activeElement).toBe(tab(/2 not readable/))
  const cells = await screen.findAllByRole('cell')
  expect(cells.map((cell) => cell.textContent?.trim())).toEqual([
    '18',
    '31.02.2025,2',
    'There is no 31 February 2025.',
  ])
})
it('keeps mine unless told otherwise, for all or by line', async () => {
  const { emitted } = show()
  await userEvent.click(tab(/3 differ/))
  await userEvent.selectOptions(await screen.findByLabelText('Line 5: which to take'), 'The file’s')
  await userEvent.click(screen.getByRole('button', { name: 'Bring in 813 entries' }))
  expect(api.confirmImport).toHaveBeenLastCalledWith(7, {
    conflicts: 'keep',
    lines: { 5: 'replace' },
  })
  expect(emitted('changed')).toHaveLength(1)
  await userEvent.click(screen.getByLabelText('Take the file’s'))
  await userEvent.click(screen.getByRole('button', { name: 'Bring in 815 entries' }))
  expect(api.confirmImport).toHaveBeenLastCalledWith(7, { conflicts: 'replace', lines: undefined })
})
it('asks before it takes the file’s values of a large file', async () => {
  show({ counts: { new: 1500, same: 0, conflict: 3, bad: 0 } })
  await userEvent.click(tab(/3 differ/))
  await userEvent.click(await screen.findByLabelText('Take the file’s'))
  await userEvent.click(screen.getByRole('button', { name: 'Bring in 1,503 entries' }))
  expect(api.confirmImport).not.toHaveBeenCalled()
  const dialog = screen.getByRole('dialog')
  await userEvent.click(within(dialog).getByRole('button', { name: 'Bring in 1,503 entries' }))
  expect(api.confirmImport).toHaveBeenCalledOnce()
})
it('offers no button when all of it is here already', async () => {
  show({ counts: { new: 0, same: 812, conflict: 0, bad: 0 } })
  screen.getByRole('heading', { name: 'Everything in this file is here already.' })
  expect(screen.queryByRole('button', { name: /^Bring in/ })).toBeNull()
})
it('asks which is the day before anything else', async () => {
  show({ questions: ['date_order'] })
  expect(screen.queryByRole('tab')).toBeNull()
  await userEvent.click(screen.getByRole('button', { name: 'Go on' }))
  expect(screen.getByRole('alert').textContent).toContain('Choose an answer')
  await userEvent.click(screen.getByLabelText(/3 April/))
  await userEvent.click(screen.getByRole('button', { name: 'Go on' }))
  expect(vi.mocked(api.rereadImport).mock.lastCall?.[1].options).toMatchObject({
    date_order: 'dmy',
  })
})
it('reads the file again with what was not right; what hangs on it is guessed anew', async () => {
  show()
  await userEvent.click(screen.getByRole('button', { name: 'Not right?' }))
  await userEvent.selectOptions(screen.getByLabelText('Kind'), 'Duration')
  await userEvent.click(screen.getByRole('button', { name: 'Read it again' }))
  expect(api.rereadImport).toHaveBeenCalledWith(7, {
    tracker_id: null,
    options: { kind: 'time_duration' },
  })
})
