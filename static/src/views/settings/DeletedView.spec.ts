import { render, screen, waitFor, within } from '@testing-library/vue'
import userEvent from '@testing-library/user-event'
import { beforeEach, expect, it, vi } from 'vitest'

import * as logs from '@/api/logs'
import * as trackers from '@/api/trackers'
import type { DeletedThing } from '@/api/types'
import { useToasts } from '@/stores/toasts'
import { signIn } from '@/testing/account'

import DeletedView from './DeletedView.vue'

vi.mock('@/api/logs')
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
function show(items: DeletedThing[]) {
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
