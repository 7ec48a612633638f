import { render, screen } from '@testing-library/vue'
import userEvent from '@testing-library/user-event'
import { beforeEach, expect, it, vi } from 'vitest'

import * as api from '@/api/account'
import { MIRA, signIn } from '@/testing/account'

import ProfileView from './ProfileView.vue'
import RemindersView from './RemindersView.vue'

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
it('turns the reminder off, and refuses half an address', async () => {
  render(RemindersView)
  await userEvent.click(screen.getByLabelText('Remind me in the evening'))
  await userEvent.type(screen.getByLabelText('Webhook'), 'example.org')
  await userEvent.click(screen.getByRole('button', { name: 'Save' }))
  screen.getByText('Write a whole address, for example https://example.org/hook.')
  await userEvent.clear(screen.getByLabelText('Webhook'))
  await userEvent.type(screen.getByLabelText('Webhook'), 'https://example.org/hook')
  await userEvent.click(screen.getByRole('button', { name: 'Save' }))
  expect(api.changeAccount).toHaveBeenCalledWith({
    reminder_at: null,
    webhook: 'https://example.org/hook',
  })
})
