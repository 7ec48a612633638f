import userEvent from '@testing-library/user-event'
import { render, screen, waitFor } from '@testing-library/vue'
import { expect, it } from 'vitest'

import type { Factors } from '@/api/types'
import { useToasts } from '@/stores/toasts'
import { serve } from '@/testing/server'

import SecondFactor from './SecondFactor.vue'

const CODES = ['aaaa-bbbb', 'cccc-dddd']
const KEY = {
  state: 's',
  secret: 'ABCD EFGH',
  uri: 'otpauth://totp/Tend',
  qr: 'data:image/svg+xml,',
}
let has: Factors
function open(change: Partial<Factors> = {}) {
  has = { totp: false, passkeys: 0, recovery_codes: 0, required: false, ...change }
  const server = serve({
    'GET account/second-factor': () => has,
    'POST account/totp': KEY,
    'POST account/totp/confirm': () => {
      has = { ...has, totp: true, recovery_codes: CODES.length }
      return { recovery_codes: CODES }
    },
    'DELETE account/totp': () => {
      has = { ...has, totp: false, recovery_codes: 0 }
      return null
    },
    'POST account/recovery-codes': { recovery_codes: ['eeee-ffff'] },
  })
  return { ...server, ...render(SecondFactor) }
}
const button = (name: string) => screen.findByRole('button', { name })

it('is set up with a picture, a key to type and a code, and the codes stay until they are saved', async () => {
  const { of, emitted } = open()
  await userEvent.click(await button('Set up an app'))
  expect((await screen.findByLabelText<HTMLInputElement>('Or type this key')).value).toBe(
    KEY.secret,
  )
  expect(screen.getByRole<HTMLImageElement>('img').src).toBe(KEY.qr)
  await userEvent.type(screen.getByLabelText('Six-digit code'), '123456{Enter}')
  await screen.findByText('cccc-dddd')
  expect(of('POST').at(-1)!.body).toEqual({ state: 's', code: '123456' })
  await userEvent.click(await button('I saved them'))
  await screen.findByText('2 codes left. Make new ones and save them.')
  expect(screen.queryByText('cccc-dddd')).toBeNull()
  expect(emitted('changed')).toHaveLength(1)
})
it('copies the codes one a line', async () => {
  const user = userEvent.setup()
  open({ totp: true, recovery_codes: 0 })
  await user.click(await button('New codes')) // none left: nothing to be asked about
  await screen.findByText('eeee-ffff')
  await user.click(await button('Copy'))
  await button('Copied')
  expect(await navigator.clipboard.readText()).toBe('eeee-ffff\n')
})
it('asks before the codes there are end', async () => {
  const { of } = open({ totp: true, recovery_codes: 7 })
  await userEvent.click(await button('New codes'))
  expect(of('POST')).toHaveLength(0)
  await userEvent.click(await button('Make new ones'))
  await screen.findByText('eeee-ffff')
})
it('is turned off after asking', async () => {
  open({ totp: true, recovery_codes: 7 })
  await userEvent.click(await button('Turn off'))
  expect(document.activeElement?.textContent).toContain('Keep it on')
  await userEvent.click(screen.getAllByRole('button', { name: 'Turn off' }).at(-1)!)
  await button('Set up an app')
  await waitFor(() => expect(useToasts().current?.text).toContain('no longer asked for'))
})
it('stays where it is asked of everybody and is the last', async () => {
  open({ totp: true, recovery_codes: 7, required: true })
  await screen.findByText('This Tend asks everybody for a second factor.')
  expect(screen.queryByRole('button', { name: 'Turn off' })).toBeNull()
})
