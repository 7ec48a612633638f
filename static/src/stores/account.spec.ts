import { createPinia, setActivePinia } from 'pinia'
import { beforeEach, expect, it, vi } from 'vitest'

import * as api from '@/api/account'
import type { Account } from '@/api/types'

import { useAccount } from './account'

beforeEach(() => setActivePinia(createPinia()))

it('knows that somebody goes on purpose before the server has answered', async () => {
  const account = useAccount()
  account.take({ username: 'mira' } as Account)
  let answer: (value: never) => void = () => undefined
  vi.spyOn(api, 'logout').mockReturnValue(new Promise((resolve) => (answer = resolve)))
  const going = account.signOut()
  expect(account.left).toBe(true)
  expect(account.signedIn).toBe(true)
  answer(undefined as never)
  await going
  expect(account.signedIn).toBe(false)
  expect(account.left).toBe(true)
  account.take({ username: 'mira' } as Account)
  expect(account.left).toBe(false)
})

it('stays when the server does not let go', async () => {
  const account = useAccount()
  account.take({ username: 'mira' } as Account)
  vi.spyOn(api, 'logout').mockRejectedValue(new Error('silent'))
  await expect(account.signOut()).rejects.toThrow('silent')
  expect(account.left).toBe(false)
  expect(account.signedIn).toBe(true)
})
