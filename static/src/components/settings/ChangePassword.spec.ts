import { render, screen } from '@testing-library/vue'
import userEvent from '@testing-library/user-event'
import { beforeEach, expect, it, vi } from 'vitest'

import * as api from '@/api/account'
import { ApiProblem } from '@/api/problem'
import { signIn } from '@/testing/account'

import ChangePassword from './ChangePassword.vue'

vi.mock('@/api/account')
beforeEach(() => {
  signIn()
  vi.mocked(api.passwordStrength).mockResolvedValue({ score: 2, message: 'Fair.' })
})
const button = () => screen.getByRole('button', { name: 'Change the password' })
async function fill(present: string, wanted: string) {
  if (present) await userEvent.type(screen.getByLabelText('Password now'), present)
  if (wanted) await userEvent.type(screen.getByLabelText('New password'), wanted)
  await userEvent.click(button())
}

it('names both things to look at, on submit only', async () => {
  render(ChangePassword)
  await userEvent.type(screen.getByLabelText('New password'), 'short')
  expect(screen.queryByRole('alert')).toBeNull()
  await userEvent.click(button())
  expect(screen.getByRole('alert').textContent).toContain('Two things to look at')
  expect(api.changePassword).not.toHaveBeenCalled()
})
it('puts what the server says to its field', async () => {
  vi.mocked(api.changePassword).mockRejectedValue(
    new ApiProblem({
      status: 422,
      errors: [{ field: 'password', message: 'That is not your password.' }],
    }),
  )
  render(ChangePassword)
  await fill('wrong', 'a long enough sentence')
  const field = screen.getByLabelText('Password now')
  expect(field.getAttribute('aria-invalid')).toBe('true')
  screen.getByText('That is not your password.')
})
it('says that it is changed, and empties the fields', async () => {
  vi.mocked(api.changePassword).mockResolvedValue({})
  const { emitted } = render(ChangePassword)
  await fill('right', 'a long enough sentence')
  await screen.findByText('Changed. Your other sessions have ended; your tokens still work.')
  expect(api.changePassword).toHaveBeenCalledWith('right', 'a long enough sentence')
  expect(screen.getByLabelText<HTMLInputElement>('Password now').value).toBe('')
  expect(emitted('changed')).toHaveLength(1)
})
it('shows how strong the new one is, half a second after the last key', async () => {
  render(ChangePassword)
  await userEvent.type(screen.getByLabelText('New password'), 'a sentence')
  expect(api.passwordStrength).not.toHaveBeenCalled()
  await screen.findByText('Fair.', undefined, { timeout: 2000 })
  expect(api.passwordStrength).toHaveBeenCalledExactlyOnceWith(
    'a sentence',
    'mira',
    'mira@example.org',
  )
})
