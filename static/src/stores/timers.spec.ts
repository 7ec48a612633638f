import { expect, it } from 'vitest'

import { signIn } from '@/testing/account'
import { serve } from '@/testing/server'

import { useTimers } from './timers'

const WALK = { tracker_id: 3, name: 'Walk', started_at: '2026-11-21T10:00:00+01:00' }

it('leaves nothing to the next person, not even what was still on its way', async () => {
  serve({ 'GET timers': { items: [WALK], next: null } })
  const account = signIn()
  const timers = useTimers()
  await timers.load()
  expect(timers.running).toHaveLength(1)
  account.leave()
  expect(timers.running).toHaveLength(0)
  signIn()
  const asked = timers.load()
  account.leave()
  await asked
  expect(timers.running).toHaveLength(0)
})
