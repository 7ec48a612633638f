import { screen, waitFor, within } from '@testing-library/vue'
import userEvent from '@testing-library/user-event'
import { beforeEach, expect, it, vi } from 'vitest'

import type { Account, Delivery } from '@/api/types'
import { useAccount } from '@/stores/account'
import { MIRA } from '@/testing/account'
import { renderPage } from '@/testing/page'
import { aDelivery } from '@/testing/reports'
import { problem, serve } from '@/testing/server'

import DeliveriesView from './DeliveriesView.vue'

const LIST = 'GET deliveries?limit=30'
const page = (items: Delivery[], next: number | null = null) => ({ items, next })

async function show(table: Record<string, unknown>, path = '/settings/deliveries') {
  const server = serve(table)
  const shown = await renderPage(DeliveriesView, path)
  return { ...shown, server }
}
const change = (wish: Partial<Account>) => useAccount().take({ ...MIRA, ...wish })

beforeEach(() => {
  vi.useFakeTimers({ shouldAdvanceTime: true, now: new Date('2026-11-21T14:00:00+01:00') })
})

it('says of each what it was, by what, and what became of it', async () => {
  await show({
    [LIST]: page([
      aDelivery({ id: 41, state: 'skipped', error: 'Everything was logged.', can_resend: false }),
      aDelivery({ kind: 'report', label: 'Report', channel: 'mail', to: 'mira@example.org' }),
    ]),
  })
  const [, first, second] = await screen.findAllByRole('row')
  expect(first!.textContent).toContain('Skipped: everything was logged')
  expect(within(first!).queryByRole('button')).toBeNull()
  expect(second!.textContent).toMatch(/Yesterday, 20:00Report\s*Mailmira@example\.org/)
  within(second!).getByRole('button', { name: 'Send again: Report, Yesterday, 20:00' })
})
it('keeps the state it shows in the address', async () => {
  const { router } = await show({
    [LIST]: page([aDelivery()]),
    'GET deliveries?state=failed&limit=30': page([]),
  })
  await screen.findByText('Sent 200')
  await userEvent.click(screen.getByRole('button', { name: 'Not sent' }))
  await screen.findByRole('heading', { name: 'Nothing here' })
  expect(router.currentRoute.value.query).toEqual({ state: 'failed' })
  await userEvent.click(screen.getByRole('button', { name: 'Show all' }))
  await screen.findByText('Sent 200')
  expect(router.currentRoute.value.query).toEqual({})
})
it('brings older ones when they are asked for', async () => {
  await show({
    [LIST]: page([aDelivery()], 40),
    'GET deliveries?after=40&limit=30': page([aDelivery({ id: 12, to: 'older.example.org' })]),
  })
  await userEvent.click(await screen.findByRole('button', { name: 'Show older' }))
  await screen.findByText('older.example.org')
  expect(screen.getAllByRole('row')).toHaveLength(3)
  expect(screen.queryByRole('button', { name: 'Show older' })).toBeNull()
})
it('sends again, and follows it until it is there', async () => {
  const waiting = aDelivery({ state: 'due', attempts: 0, can_resend: false })
  const answers = [aDelivery({ state: 'failed', error: 'It hung.' }), aDelivery({ attempts: 2 })]
  await show({
    [LIST]: () => page([answers.length > 1 ? answers.shift()! : answers[0]!]),
    'POST deliveries/40/resend': waiting,
  })
  await userEvent.click(await screen.findByRole('button', { name: /^Send again/ }))
  await screen.findByText('Waiting', { selector: 'span' })
  screen.getByText('Reminder goes out again.')
  await vi.advanceTimersByTimeAsync(5000)
  await screen.findByText('Sent 200')
})
it('says why something cannot go out again', async () => {
  await show({
    [LIST]: page([aDelivery()]),
    'POST deliveries/40/resend': problem(409, 'That evening is over.'),
  })
  await userEvent.click(await screen.findByRole('button', { name: /^Send again/ }))
  await screen.findByText('That evening is over.')
  screen.getByText('Sent 200')
})
it('says when the first reminder is due, or that none is', async () => {
  await show({ [LIST]: page([]) })
  await screen.findByText('No reminder is set up, so none is due.')
  change({ webhook: 'https://example.org/hook' })
  await waitFor(() => screen.getByText('The first reminder is due tonight at 20:00.'))
})
