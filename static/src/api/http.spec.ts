import { beforeEach, describe, expect, it, vi } from 'vitest'

import { problem, serve } from '@/testing/server'

import { onProofWanted, onSignedOut, request, urlOf } from './http'
import { ApiProblem, saying } from './problem'

beforeEach(() => vi.useFakeTimers())
/** Lets pauses pass while the answer is waited for. */
async function soon<T>(answer: Promise<T>): Promise<T> {
  answer.catch(() => {})
  await vi.advanceTimersByTimeAsync(9000)
  return answer
}

describe('the one HTTP client', () => {
  it('sends the token of the cookie and the version of the row', async () => {
    const { asked } = serve({ 'PATCH logs/1': { id: 1 } })
    await request('logs/1', { method: 'PATCH', body: { value: 2 }, version: 3 })
    expect(asked[0]!.headers.get('X-XSRF-TOKEN')).toBe('token')
    expect(asked[0]!.headers.get('If-Match')).toBe('"3"')
    expect(asked[0]!.body).toEqual({ value: 2 })
  })

  it('fetches a new token once when the old one is refused', async () => {
    const refused = problem(400, '', { type: '/problems/csrf' })
    let refusals = 1
    const { asked } = serve({
      'POST trackers': () => (refusals-- > 0 ? refused : { id: 1 }),
      'GET account': {},
    })
    await soon(request('trackers', { method: 'POST', body: {} }))
    expect(asked.map((call) => call.method)).toEqual(['POST', 'GET', 'POST'])
  })

  it('repeats a keyed act with the same key, and gives up after three tries', async () => {
    const { asked } = serve({
      'POST trackers/1/logs': () => {
        throw new TypeError('no network')
      },
    })
    const answer = request('trackers/1/logs', { method: 'POST', body: {}, key: 'k1' })
    await expect(soon(answer)).rejects.toMatchObject({ status: 0 })
    expect(asked.map((call) => call.headers.get('Idempotency-Key'))).toEqual(['k1', 'k1', 'k1'])
  })

  it('never repeats what could then happen twice', async () => {
    const { asked } = serve({ 'POST accounts/login': () => problem(503) })
    const answer = request('accounts/login', { method: 'POST', body: {} })
    await expect(soon(answer)).rejects.toBeInstanceOf(ApiProblem)
    expect(asked).toHaveLength(1)
  })

  it('waits as long as it is told when the act can say so', async () => {
    let refusals = 1
    const slow = problem(429, '', {}, { 'Retry-After': '3' })
    serve({ 'POST trackers/1/logs': () => (refusals-- > 0 ? slow : { id: 5 }) })
    const onWait = vi.fn()
    const answer = request('trackers/1/logs', { method: 'POST', body: {}, key: 'k', onWait })
    expect(await soon(answer)).toEqual({ id: 5 })
    expect(onWait).toHaveBeenCalledWith(3)
  })

  it('tells the app that the session has ended, unless that was the question', async () => {
    const gone = vi.fn()
    onSignedOut(gone)
    serve({ 'GET today': problem(401), 'GET account': problem(401) })
    await expect(request('account', { open: true })).rejects.toMatchObject({ status: 401 })
    expect(gone).not.toHaveBeenCalled()
    await expect(request('today')).rejects.toMatchObject({ status: 401 })
    expect(gone).toHaveBeenCalledOnce()
  })

  it('hands on every field that was refused', async () => {
    const errors = [{ field: 'name', message: 'Give it a name.' }]
    serve({ 'POST trackers': problem(422, '', { errors }) })
    await expect(request('trackers', { method: 'POST', body: {} })).rejects.toMatchObject({
      errors,
    })
  })

  it('leaves out what was not asked for', () =>
    expect(urlOf('today', { day: undefined, q: '', n: 0 })).toBe('/api/v1/today?n=0'))

  describe('what wants a sign-in of the last minutes', () => {
    const asksOnce = (path: string) => {
      let proven = false
      const refused = problem(403, 'Show that it is you.', {
        type: '/problems/recent-sign-in',
        methods: ['password', 'totp'],
      })
      const server = serve({ [path]: () => (proven ? { id: 1 } : refused) })
      return { ...server, prove: () => (proven = true) }
    }
    it('is asked for with the ways there are, and then done by itself', async () => {
      const { of, prove } = asksOnce('POST account/tokens')
      const ask = vi.fn(async () => prove())
      onProofWanted(ask)
      const answer = request('account/tokens', { method: 'POST', body: { name: 'Kitchen' } })
      expect(await soon(answer)).toEqual({ id: 1 })
      expect(ask).toHaveBeenCalledExactlyOnceWith(['password', 'totp'])
      expect(of('POST').map((call) => call.body)).toEqual([
        { name: 'Kitchen' },
        { name: 'Kitchen' },
      ])
    })
    it('stays undone when the person would rather not, and is not asked twice', async () => {
      const { asked } = asksOnce('POST account/tokens')
      onProofWanted(async () => false)
      const answer = request('account/tokens', { method: 'POST', body: {} })
      await expect(soon(answer)).rejects.toMatchObject({ status: 403, wantsProof: true })
      expect(saying(await answer.catch((error: unknown) => error))).toBe('')
      expect(asked).toHaveLength(1)
    })
    it('does not ask again when what was shown was not enough', async () => {
      const { asked } = asksOnce('POST account/tokens')
      onProofWanted(async () => true)
      const answer = request('account/tokens', { method: 'POST', body: {} })
      await expect(soon(answer)).rejects.toMatchObject({ status: 403 })
      expect(asked).toHaveLength(2)
    })
    it('is asked in one dialog for two acts at once', async () => {
      const { prove } = asksOnce('DELETE account/totp')
      const ask = vi.fn(async () => {
        await new Promise((done) => setTimeout(done, 100))
        return prove()
      })
      onProofWanted(ask)
      const act = () => request('account/totp', { method: 'DELETE' })
      await soon(Promise.all([act(), act()]))
      expect(ask).toHaveBeenCalledOnce()
    })
  })
})
