import { render, screen } from '@testing-library/vue'
import userEvent from '@testing-library/user-event'
import { beforeEach, expect, it, vi } from 'vitest'

import * as api from '@/api/account'
import { MIRA, signIn } from '@/testing/account'

import ProfileView from './ProfileView.vue'

vi.mock('@/api/account')
beforeEach(() => {
  signIn()
  vi.mocked(api.changeAccount).mockImplementation(async (body) => ({ ...MIRA, ...body }))
})

it('saves zone, day and week together, and says so until something changes', async () => {
  render(ProfileView)
  await userEvent.selectOptions(screen.getByLabelText('Time zone'), 'Asia/Tokyo')
  await userEvent.selectOptions(screen.getByLabelText('My week starts on'), 'Sunday')
  await userEvent.click(screen.getByRole('button', { name: 'Save' }))
  expect(api.changeAccount).toHaveBeenCalledWith({
    timezone: 'Asia/Tokyo',
    day_starts_at: 3,
    week_starts_on: 7,
  })
  await screen.findByText('Saved')
  await userEvent.selectOptions(screen.getByLabelText('My day starts at'), 'Midnight')
  expect(screen.queryByText('Saved')).toBeNull()
})
