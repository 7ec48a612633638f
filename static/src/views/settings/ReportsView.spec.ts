import { render, screen } from '@testing-library/vue'
import userEvent from '@testing-library/user-event'
import { expect, it, vi } from 'vitest'

import * as api from '@/api/account'
import type { Account } from '@/api/types'
import { MIRA, signIn } from '@/testing/account'

import ReportsView from './ReportsView.vue'

vi.mock('@/api/account')
function show(change: Partial<Account> = {}) {
  vi.spyOn(navigator, 'language', 'get').mockReturnValue('en-GB')
  vi.useFakeTimers({ shouldAdvanceTime: true, now: new Date('2026-11-21T14:00:00+01:00') })
  signIn(change)
  render(ReportsView, { global: { stubs: { RouterLink: true } } })
}

it('names the day, and says where mail goes when it is not set up', () => {
  show()
  screen.getByText(
    /06:00 in your time zone, Europe\/Vienna\. The next one is about November and comes on 1 December\./,
  )
  screen.getByText(/^Mail is not set up here\./)
})
it('says to whom mail goes when it is', () => {
  show({ mail: 'smtp' })
  screen.getByText('It goes to mira@example.org.')
})
it('saves format and paper', async () => {
  vi.mocked(api.changeAccount).mockImplementation(async (body) => ({ ...MIRA, ...body }))
  show()
  await userEvent.click(screen.getByLabelText('A document to keep (PDF)'))
  await userEvent.click(screen.getByLabelText('Letter'))
  await userEvent.click(screen.getByRole('button', { name: 'Save' }))
  expect(api.changeAccount).toHaveBeenCalledWith({
    report_on: true,
    report_format: 'pdf',
    report_paper: 'letter',
  })
  await screen.findByText('Saved')
})
