import { afterEach, describe, expect, it, vi } from 'vitest'

import { dropEarly, takeEarly } from './early'
import { request } from './http'

const answer = (body: unknown, status = 200) =>
  new Response(JSON.stringify(body), {
    status,
    headers: { 'Content-Type': 'application/json' },
  })
const early = (body: unknown, status = 200) => Promise.resolve(answer(body, status))

describe('answers that were asked for early', () => {
  afterEach(dropEarly)

  it('are taken once, and asked for again after that', async () => {
    window.tendAsked = { '/api/v1/today': early({ from: 'early' }) }
    const fetched = vi.spyOn(globalThis, 'fetch').mockResolvedValue(answer({ from: 'fetch' }))
    expect(await request('today')).toEqual({ from: 'early' })
    expect(fetched).not.toHaveBeenCalled()
    expect(await request('today')).toEqual({ from: 'fetch' })
  })
  it('are not those of another query', () => {
    window.tendAsked = { '/api/v1/today': early({}) }
    expect(takeEarly('/api/v1/today?day=2026-01-02')).toBeUndefined()
  })
  it('are forgotten with a change, and when one says that nobody is signed in', async () => {
    document.cookie = 'XSRF-TOKEN=1'
    window.tendAsked = { '/api/v1/today': early({}) }
    vi.spyOn(globalThis, 'fetch').mockImplementation(() => early({}))
    await request('accounts/login', { method: 'POST', body: {} })
    expect(takeEarly('/api/v1/today')).toBeUndefined()

    window.tendAsked = { '/api/v1/account': early({}, 401), '/api/v1/today': early({}, 401) }
    await expect(request('account', { open: true })).rejects.toMatchObject({ status: 401 })
    expect(takeEarly('/api/v1/today')).toBeUndefined()
  })
  it('are too old a while after the page began', () => {
    window.tendAsked = { '/api/v1/today': early({}) }
    vi.spyOn(performance, 'now').mockReturnValue(20_000)
    expect(takeEarly('/api/v1/today')).toBeUndefined()
  })
  it('that failed are asked for again', async () => {
    vi.useFakeTimers()
    window.tendAsked = { '/api/v1/today': Promise.reject(new TypeError('no line')) }
    vi.spyOn(globalThis, 'fetch').mockResolvedValue(answer({ from: 'fetch' }))
    const asked = request('today')
    await vi.runAllTimersAsync()
    expect(await asked).toEqual({ from: 'fetch' })
    vi.useRealTimers()
  })
})
