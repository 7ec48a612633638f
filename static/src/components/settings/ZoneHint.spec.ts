import { render, screen } from '@testing-library/vue'
import userEvent from '@testing-library/user-event'
import { beforeEach, expect, it, vi } from 'vitest'

import * as api from '@/api/account'
import { useToasts } from '@/stores/toasts'
import { MIRA, signIn } from '@/testing/account'

import ZoneHint from './ZoneHint.vue'

vi.mock('@/api/account')
const change = vi.mocked(api.changeAccount)
beforeEach(() => change.mockImplementation(async (body) => ({ ...MIRA, ...body })))

it('says nothing while the clocks are the same', () => {
  signIn({ timezone: 'Europe/Berlin' })
  render(ZoneHint)
  expect(screen.queryByRole('region')).toBeNull()
})
it('switches the account, and undo takes it back', async () => {
  signIn({ timezone: 'Asia/Tokyo' })
  render(ZoneHint)
  screen.getByText('Times are in Asia/Tokyo, you seem to be in Europe/Vienna.')
  await userEvent.click(screen.getByRole('button', { name: 'Switch' }))
  expect(change).toHaveBeenLastCalledWith({ timezone: 'Europe/Vienna' })
  expect(screen.queryByRole('region')).toBeNull()
  await useToasts().undoLast()
  expect(change).toHaveBeenLastCalledWith({ timezone: 'Asia/Tokyo' })
})
it('is asked once a journey', async () => {
  signIn({ timezone: 'Asia/Tokyo' })
  const first = render(ZoneHint)
  await userEvent.click(screen.getByRole('button', { name: 'Keep' }))
  first.unmount()
  render(ZoneHint)
  expect(screen.queryByRole('region')).toBeNull()
  expect(change).not.toHaveBeenCalled()
})
