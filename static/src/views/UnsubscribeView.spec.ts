import { screen } from '@testing-library/vue'
import userEvent from '@testing-library/user-event'
import { expect, it } from 'vitest'

import { renderPage } from '@/testing/page'
import { problem, serve } from '@/testing/server'

import UnsubscribeView from './UnsubscribeView.vue'

async function show(table: Record<string, unknown>) {
  const server = serve(table)
  await renderPage(UnsubscribeView, '/unsubscribe/abc.d-e', '/unsubscribe/:token')
  return server
}
const press = (name: string) => userEvent.click(screen.getByRole('button', { name }))

it('says which mail it is, stops it, and starts it again', async () => {
  const server = await show({
    'GET unsubscribe/abc.d-e': { kind: 'report', on: true },
    'POST unsubscribe/abc.d-e': { kind: 'report', on: false },
    'DELETE unsubscribe/abc.d-e': { kind: 'report', on: true },
  })
  await screen.findByText(/the monthly report/)
  await press('Stop this mail')
  await screen.findByText('Stopped: the monthly report no longer comes.')
  await press('Turn it on again')
  await screen.findByRole('button', { name: 'Stop this mail' })
  expect(server.of('DELETE')).toHaveLength(1)
})
it('says so when it was stopped before', async () => {
  await show({ 'GET unsubscribe/abc.d-e': { kind: 'reminder', on: false } })
  await screen.findByText('This is stopped already: the evening reminder no longer comes.')
})
it('says of a link that cannot be read what may have happened, and where to go', async () => {
  await show({})
  await screen.findByText(/^This link cannot be read\./)
  expect(screen.queryByRole('button')).toBeNull()
  screen.getByRole('link', { name: 'your settings' })
})
it('keeps the button when stopping did not work', async () => {
  await show({
    'GET unsubscribe/abc.d-e': { kind: 'reminder', on: true },
    'POST unsubscribe/abc.d-e': problem(429, 'A little too fast.'),
  })
  await screen.findByRole('button', { name: 'Stop this mail' })
  await press('Stop this mail')
  await screen.findByText('A little too fast.')
  screen.getByRole('button', { name: 'Stop this mail' })
})
