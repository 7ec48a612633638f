import userEvent from '@testing-library/user-event'
import { screen } from '@testing-library/vue'
import { beforeEach, expect, it, vi } from 'vitest'

import type { Passkey } from '@/api/types'
import { renderPage } from '@/testing/page'
import { serve } from '@/testing/server'

import PasskeyList from './PasskeyList.vue'

const PHONE: Passkey = {
  id: 4,
  name: 'My phone',
  usage: 'first',
  created_at: '2026-11-01T10:00:00+01:00',
  last_used_at: null,
  synced: true,
}
let there: Passkey[]
let create: ReturnType<typeof vi.fn>
beforeEach(() => {
  there = []
  create = vi.fn(async () => ({ toJSON: () => ({ id: 'AQ' }) }))
  const parse = { parseCreationOptionsFromJSON: (json: unknown) => json }
  vi.stubGlobal(
    'PublicKeyCredential',
    Object.assign(() => undefined, parse),
  )
  vi.spyOn(navigator, 'credentials', 'get').mockReturnValue({ create } as never)
})
async function open() {
  const server = serve({
    'GET account/passkeys': () => ({ items: there, next: null }),
    'POST account/passkeys/options': { options: { challenge: 'AQ' }, state: 's' },
    'POST account/passkeys': () => {
      there = [PHONE]
      return { ...PHONE, recovery_codes: ['aaaa-bbbb'] }
    },
    'PATCH account/passkeys/4': ({ body }: { body: object }) =>
      (there = [{ ...PHONE, ...body }])[0],
    'DELETE account/passkeys/4': () => {
      there = []
      return null
    },
  })
  await renderPage(PasskeyList, '/settings/security')
  return server
}
const press = async (name: string) => userEvent.click(await screen.findByRole('button', { name }))

it('is made with a name, and listed', async () => {
  const { of } = await open()
  await press('Add a passkey')
  await press('Go on')
  screen.getByText('Give it a name, for example My phone.')
  await userEvent.type(screen.getByLabelText('What to call it'), 'My phone{Enter}')
  const row = (await screen.findByText('My phone')).closest('li')!
  expect(row.textContent).toContain('Signs in by itself')
  expect(row.textContent).toContain('not used yet')
  expect(of('POST').map((call) => call.body)).toEqual([
    { name: 'My phone' },
    { state: 's', credential: { id: 'AQ' } },
  ])
  screen.getByText('aaaa-bbbb')
  await press('I saved them')
  expect(screen.queryByText('aaaa-bbbb')).toBeNull()
})
it('says what the device refused, and lets one try again', async () => {
  create.mockRejectedValueOnce(new DOMException('', 'InvalidStateError'))
  await open()
  await press('Add a passkey')
  await userEvent.type(screen.getByLabelText('What to call it'), 'My phone{Enter}')
  await screen.findByText('This device has a passkey for Tend already.')
  await press('Go on')
  await screen.findByText('My phone')
})
it('is renamed in its row', async () => {
  there = [PHONE]
  await open()
  await press('More for My phone')
  await userEvent.click(screen.getByRole('menuitem', { name: 'Rename' }))
  const field = screen.getByLabelText('Name')
  await userEvent.clear(field)
  await userEvent.type(field, 'Old phone{Enter}')
  await screen.findByText('Old phone')
})
it('is removed after asking', async () => {
  there = [PHONE]
  const { of } = await open()
  await press('More for My phone')
  await userEvent.click(screen.getByRole('menuitem', { name: 'Remove' }))
  expect(of('DELETE')).toHaveLength(0)
  await press('Remove')
  await screen.findByText(/A passkey signs you in with your finger/)
})
