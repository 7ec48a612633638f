import { render, screen, within } from '@testing-library/vue'
import userEvent from '@testing-library/user-event'
import { beforeEach, expect, it, vi } from 'vitest'

import * as api from '@/api/account'
import { ApiProblem } from '@/api/problem'
import type { Session } from '@/api/types'
import { useToasts } from '@/stores/toasts'
import { signIn } from '@/testing/account'

import SessionList from './SessionList.vue'

vi.mock('@/api/account')
const session = (id: number, device: string, current = false): Session => ({
  id,
  device,
  current,
  place: 'Vienna, Austria',
  created_at: '2026-11-01T10:00:00+01:00',
  last_seen_at: '2026-11-20T21:10:00+01:00',
})
let there: Session[]
beforeEach(() => {
  signIn()
  there = [session(2, 'Safari on iPhone'), session(1, 'Chrome on Linux', true)]
  vi.mocked(api.getSessions).mockImplementation(async () => ({ items: there, next: null }))
})

it('shows this session first, without a button that ends it', async () => {
  render(SessionList)
  const rows = await screen.findAllByRole('listitem')
  expect(rows[0]!.textContent).toContain('Chrome on Linux')
  expect(rows[0]!.textContent).toContain('here and now')
  expect(within(rows[0]!).queryByRole('button')).toBeNull()
  expect(rows[1]!.textContent).toContain('Last seen yesterday')
})
it('ends one at once and says so', async () => {
  vi.mocked(api.endSession).mockImplementation(async (id) => {
    there = there.filter((each) => each.id !== id)
    return undefined
  })
  render(SessionList)
  await userEvent.click(await screen.findByRole('button', { name: /^End the session on Safari/ }))
  expect(api.endSession).toHaveBeenCalledWith(2)
  expect(await screen.findAllByRole('listitem')).toHaveLength(1)
  expect(useToasts().current?.text).toContain('Safari on iPhone is signed out')
  expect(screen.queryByRole('button', { name: 'End all others' })).toBeNull()
})
it('ends all others', async () => {
  render(SessionList)
  await userEvent.click(await screen.findByRole('button', { name: 'End all others' }))
  expect(api.endOtherSessions).toHaveBeenCalledOnce()
})
it('says when they cannot be shown, and tries again', async () => {
  vi.mocked(api.getSessions).mockRejectedValueOnce(new ApiProblem({ status: 0 }))
  render(SessionList)
  expect((await screen.findByRole('alert')).textContent).toContain(
    'Your sessions could not be shown. The server did not answer.',
  )
  await userEvent.click(screen.getByRole('button', { name: 'Try again' }))
  expect(await screen.findAllByRole('listitem')).toHaveLength(2)
})
