import { render, screen, waitFor, within } from '@testing-library/vue'
import userEvent from '@testing-library/user-event'
import { beforeEach, expect, it, vi } from 'vitest'

import * as logs from '@/api/logs'
import * as reports from '@/api/reports'
import * as trackers from '@/api/trackers'
import type { DeletedThing, Report } from '@/api/types'
import { useToasts } from '@/stores/toasts'
import { signIn } from '@/testing/account'
import { aReport } from '@/testing/reports'

import DeletedView from './DeletedView.vue'

vi.mock('@/api/logs')
vi.mock('@/api/reports')
vi.mock('@/api/trackers')
const journal: DeletedThing = {
  type: 'tracker',
  id: 9,
  tracker_id: 9,
  name: 'Journal',
  kind: 'boolean',
  log_count: 1,
  deleted_at: '2026-11-20T10:00:00+01:00',
  gone_at: '2026-12-20T10:00:00+01:00',
}
const walk: DeletedThing = {
  ...journal,
  type: 'log',
  id: 92,
  name: 'Walk',
  kind: 'time_duration',
  value: 2400,
  logged_at: '2026-11-20T17:30:00+01:00',
}
function show(items: DeletedThing[], written: Report[] = []) {
  vi.mocked(reports.getReports).mockResolvedValue({ items: written, next: null })
  vi.mocked(logs.getDeleted).mockResolvedValue({ items, next: null })
  render(DeletedView, { global: { stubs: { RouterLink: true } } })
}
beforeEach(() => {
  signIn()
})

it('says what each was and until when it is kept', async () => {
  show([journal, walk])
  const [first, second] = await screen.findAllByRole('listitem')
  expect(first!.textContent).toContain('Tracker, yes or no, 1 entry')
  expect(second!.textContent).toMatch(/40\smin, yesterday (17|5):30/)
  expect(second!.textContent).toMatch(/Kept until Sun.*20/)
})
it('puts back, and moves the focus to the next row', async () => {
  show([journal, walk])
  await userEvent.click(await screen.findByRole('button', { name: /^Put back: Journal/ }))
  expect(trackers.restoreTracker).toHaveBeenCalledWith(9)
  await waitFor(() => expect(screen.getAllByRole('listitem')).toHaveLength(1))
  expect(document.activeElement).toBe(screen.getByRole('button', { name: /^Put back: Walk/ }))
  expect(useToasts().current?.text).toBe('Journal is back.')
})
it('asks before it deletes for good, with the focus on the safe button', async () => {
  show([walk])
  await userEvent.click(await screen.findByRole('button', { name: /^Delete now: Walk/ }))
  const dialog = screen.getByRole('dialog')
  await waitFor(() =>
    expect(document.activeElement).toBe(within(dialog).getByRole('button', { name: 'Keep it' })),
  )
  await userEvent.click(within(dialog).getByRole('button', { name: 'Keep it' }))
  expect(logs.deleteForever).not.toHaveBeenCalled()
  await userEvent.click(screen.getByRole('button', { name: /^Delete now: Walk/ }))
  await userEvent.click(
    within(screen.getByRole('dialog')).getByRole('button', { name: 'Delete now' }),
  )
  expect(logs.deleteForever).toHaveBeenCalledWith('log', 92)
  await screen.findByRole('heading', { name: 'Nothing was deleted' })
})
it('has reports among the rest, what was deleted last first', async () => {
  const october = aReport({ gone_at: '2026-12-21T10:00:00+01:00' })
  show([journal], [october])
  const [first, second] = await screen.findAllByRole('listitem')
  expect(first!.textContent).toMatch(/Your October 2026\s*Report/)
  expect(second!.textContent).toContain('Journal')
  await userEvent.click(screen.getByRole('button', { name: /^Delete now: Your October/ }))
  const dialog = screen.getByRole('dialog')
  expect(dialog.textContent).toContain('Your October 2026 will be gone.')
  await userEvent.click(within(dialog).getByRole('button', { name: 'Delete now' }))
  expect(logs.deleteForever).toHaveBeenCalledWith('report', 7)
  await waitFor(() => expect(screen.getAllByRole('listitem')).toHaveLength(1))
  await userEvent.click(screen.getByRole('button', { name: /^Put back/ }))
  expect(reports.restoreReport).not.toHaveBeenCalled()
})
it('puts a report back', async () => {
  show([], [aReport({ gone_at: '2026-12-21T10:00:00+01:00' })])
  await userEvent.click(await screen.findByRole('button', { name: /^Put back: Your October/ }))
  expect(reports.restoreReport).toHaveBeenCalledWith(7)
  await waitFor(() => expect(useToasts().current?.text).toBe('Your October 2026 is back.'))
})
