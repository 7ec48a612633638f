import { render, screen, waitFor, within } from '@testing-library/vue'
import userEvent from '@testing-library/user-event'
import { beforeEach, expect, it, vi } from 'vitest'

import * as api from '@/api/account'
import type { Account } from '@/api/types'
import { useToasts } from '@/stores/toasts'
import { MIRA, signIn } from '@/testing/account'

import RemindersView from './RemindersView.vue'

vi.mock('@/api/account')
const HOOK = 'https://example.org/hook'
const OWN = { webhook: HOOK, webhook_name: 'Webhook', webhook_signed: true }
let kept: Account

function show(change: Partial<Account> = {}) {
  vi.spyOn(navigator, 'language', 'get').mockReturnValue('en-GB')
  kept = { ...MIRA, ...change }
  signIn(kept)
  return render(RemindersView, { global: { stubs: { RouterLink: true } } })
}
const press = (name: string) => userEvent.click(screen.getByRole('button', { name }))

beforeEach(() => {
  vi.mocked(api.changeAccount).mockImplementation(async (body) => ({ ...kept, ...body }))
})

it('turns the reminder off, and refuses half an address', async () => {
  show()
  await userEvent.click(screen.getByLabelText('Remind me in the evening'))
  await userEvent.type(screen.getByLabelText('Webhook'), 'example.org')
  await press('Save')
  screen.getByText('Write a whole address, for example https://example.org/hook.')
  await userEvent.clear(screen.getByLabelText('Webhook'))
  await userEvent.type(screen.getByLabelText('Webhook'), HOOK)
  await press('Save')
  expect(api.changeAccount).toHaveBeenCalledWith({
    reminder_at: null,
    reminder_channel: 'webhook',
    webhook: HOOK,
  })
})
it('leaves the webhook unnamed when it stays, as naming it turns it on again', async () => {
  show(OWN)
  screen.getByText('An address of your own: it gets signed JSON.')
  await userEvent.click(screen.getByLabelText('Mail'))
  screen.getByText(/^Mail is not set up here\./)
  await press('Save')
  expect(api.changeAccount).toHaveBeenCalledWith({
    reminder_at: '20:00',
    reminder_channel: 'mail',
  })
})
it('names the service that it recognised', () => {
  show({ webhook: 'https://hooks.slack.com/x', webhook_name: 'Slack' })
  screen.getByText(/^This is Slack/)
  expect(screen.queryByRole('heading', { name: 'Signature' })).toBeNull()
})
it('shows the secret of a first webhook this once, to be copied', async () => {
  const copied = vi.fn().mockResolvedValue(undefined)
  show()
  vi.mocked(api.changeAccount).mockResolvedValue({ ...kept, ...OWN, webhook_secret: 'whsec_one' })
  await userEvent.type(screen.getByLabelText('Webhook'), HOOK)
  await press('Save')
  const field = await screen.findByLabelText<HTMLInputElement>('The secret, shown this once')
  expect(field.value).toBe('whsec_one')
  vi.spyOn(navigator.clipboard, 'writeText').mockImplementation(copied)
  await press('Copy')
  expect(copied).toHaveBeenCalledWith('whsec_one')
  await screen.findByRole('button', { name: 'Copied' })
})
it('asks before a new secret, with the focus on the safe button, and says how long the old one holds', async () => {
  show(OWN)
  expect(screen.queryByLabelText('The secret, shown this once')).toBeNull()
  vi.mocked(api.newWebhookSecret).mockResolvedValue({
    secret: 'whsec_two',
    old_until: '2026-11-22T14:05:00+01:00',
  })
  await press('New secret')
  const safe = within(screen.getByRole('dialog')).getByRole('button', { name: 'Keep this one' })
  await waitFor(() => expect(document.activeElement).toBe(safe))
  await userEvent.click(safe)
  expect(api.newWebhookSecret).not.toHaveBeenCalled()
  await press('New secret')
  await press('Make a new one')
  await screen.findByDisplayValue('whsec_two')
  screen.getByText('The old one signs too until tomorrow 14:05.')
  expect(screen.queryByRole('dialog')).toBeNull()
})
it('shows what a test was answered, as text', async () => {
  show(OWN)
  vi.mocked(api.testReminder).mockResolvedValue({
    ok: false,
    channel: 'webhook',
    to: 'example.org',
    status: 500,
    message: 'The address answered with an error of its own.',
    answer: '<b>No</b>',
    took_ms: 1320,
  })
  await press('Send a test now')
  await screen.findByText('The address answered with an error of its own.')
  screen.getByText('example.org · answer 500 · 1.3\u00a0s', { normalizer: (text) => text })
  screen.getByText('<b>No</b>')
  expect(api.testReminder).toHaveBeenCalledWith('webhook')
})
it('tests what is kept, not what is being typed', async () => {
  show(OWN)
  await userEvent.type(screen.getByLabelText('Webhook'), '/more')
  expect(screen.queryByRole('button', { name: 'Send a test now' })).toBeNull()
  screen.getByText(/^Save first/)
})
it('says why and since when the webhook is off, and turns it on again', async () => {
  const off = { at: '2026-11-20T20:00:00+01:00', reason: 'The address answered 410.' }
  show({ ...OWN, webhook_off: off })
  const banner = screen.getByRole('region', { name: 'The webhook is off' })
  expect(banner.textContent).toMatch(/The address answered 410\.\s*Off since yesterday 20:00\./)
  vi.mocked(api.enableWebhook).mockResolvedValue({ ...kept, webhook_off: null })
  await press('Turn on again')
  expect(screen.queryByText('The webhook is off')).toBeNull()
  expect(useToasts().current?.text).toBe('The webhook is on again.')
})
