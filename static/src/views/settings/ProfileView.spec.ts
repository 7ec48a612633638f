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

it('says since when with the year, however lately that was', async () => {
  signIn({ created_at: '2025-11-25T10:00:00+00:00' })
  render(ProfileView)
  expect(screen.getByText(/25.*2025/)).toBeTruthy()
})
