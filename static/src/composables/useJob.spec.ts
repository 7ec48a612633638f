import { effectScope } from 'vue'
import { beforeEach, expect, it, vi } from 'vitest'

import { ApiProblem } from '@/api/problem'
import type { Job } from '@/api/types'
import { useAnnouncer } from '@/stores/announcer'
import { aJob } from '@/testing/jobs'

import { useJob } from './useJob'

const ask = vi.fn<(id: number) => Promise<Job>>()
const at = (done: number, change: Partial<Job> = {}) => aJob({ done, total: 100, ...change })
beforeEach(() => {
  vi.useFakeTimers()
  ask.mockReset()
})
function start() {
  const scope = effectScope()
  return { scope, ...scope.run(() => useJob(ask))! }
}

it('says the quarters aloud, each once', async () => {
  const { take, job } = start()
  const said: string[] = []
  vi.spyOn(useAnnouncer(), 'say').mockImplementation(async (text) => void said.push(text))
  for (const done of [20, 30, 40, 80]) ask.mockResolvedValueOnce(at(done))
  ask.mockResolvedValueOnce(at(100, { state: 'done' }))
  take(at(0))
  await vi.advanceTimersByTimeAsync(4000)
  expect(job.value?.state).toBe('done')
  expect(said).toEqual([25, 75, 100].map((part) => `water.csv: ${part} percent.`))
})
it('asks more and more seldom while nothing moves, and says that it waits', async () => {
  const { take, stalled } = start()
  ask.mockResolvedValue(at(40))
  take(at(40))
  await vi.advanceTimersByTimeAsync(5000)
  const early = ask.mock.calls.length
  expect(stalled.value).toBe(false)
  await vi.advanceTimersByTimeAsync(20_000)
  expect(stalled.value).toBe(true)
  expect(ask.mock.calls.length - early).toBeLessThan(2 * early)
  ask.mockResolvedValue(at(41))
  await vi.advanceTimersByTimeAsync(5000)
  expect(stalled.value).toBe(false)
})
it('keeps the bar while the server does not answer, and goes on when it does', async () => {
  const { take, job, stalled, error } = start()
  ask.mockRejectedValueOnce(new ApiProblem({ status: 0 }))
  ask.mockResolvedValue(at(100, { state: 'done' }))
  take(at(40))
  await vi.advanceTimersByTimeAsync(600)
  expect([stalled.value, error.value, job.value?.done]).toEqual([true, null, 40])
  await vi.advanceTimersByTimeAsync(2000)
  expect([stalled.value, job.value?.state]).toEqual([false, 'done'])
})
it('stops asking when the job is over, and when the page is left', async () => {
  const { take, scope } = start()
  ask.mockResolvedValue(at(50))
  take(aJob({ state: 'done' }))
  await vi.advanceTimersByTimeAsync(20_000)
  expect(ask).not.toHaveBeenCalled()
  take(at(40))
  scope.stop()
  await vi.advanceTimersByTimeAsync(20_000)
  expect(ask).not.toHaveBeenCalled()
})
it('says nothing about a job that was over when the page came, and tells a missing one', async () => {
  const { watch, error, job } = start()
  const say = vi.spyOn(useAnnouncer(), 'say')
  ask.mockResolvedValueOnce(at(100, { state: 'done' }))
  await watch(7)
  expect(job.value?.state).toBe('done')
  expect(say).not.toHaveBeenCalled()
  ask.mockRejectedValueOnce(new ApiProblem({ status: 404 }))
  await watch(8)
  expect(error.value).toBeInstanceOf(ApiProblem)
  expect(job.value).toBeNull()
})
