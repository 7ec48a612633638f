/**
 * Watching a job: asks for it while it is under way, more and more seldom while nothing moves, says
 * 25, 50, 75 and 100 % aloud, and tells when the server seems to have stopped.
 */
import { onScopeDispose, ref, shallowRef, type Ref } from 'vue'

import { isProblem } from '@/api/problem'
import { getJob } from '@/api/transfers'
import type { Job } from '@/api/types'
import { isBusy, percent } from '@/lib/jobs'
import { useAnnouncer } from '@/stores/announcer'

const FIRST_MS = 500
const MOST_MS = 5000
const HIDDEN_MS = 10_000
const GROWS = 1.4
const STALLED_MS = 15_000
const SAID_AT = 25

export interface WatchedJob {
  job: Ref<Job | null>
  /** A 404 and other lasting refusals; a silent server is `stalled` instead. */
  error: Ref<unknown>
  /** Nothing has moved for a while, or the server does not answer: it goes on by itself. */
  stalled: Ref<boolean>
  /** Watch this job from here on. */
  take: (job: Job) => void
  /** Ask for this job and watch it. */
  watch: (id: number) => Promise<void>
}

export function useJob(
  ask: (id: number) => Promise<Job> = getJob,
  what: (job: Job) => string = (job) => job.filename ?? 'The file',
): WatchedJob {
  const announcer = useAnnouncer()
  const job = shallowRef<Job | null>(null)
  const error = shallowRef<unknown>(null)
  const stalled = ref(false)
  let timer: ReturnType<typeof setTimeout> | undefined
  let wait = FIRST_MS
  let movedAt = 0
  let said = 0
  let turn = 0

  function stop(): void {
    turn++
    clearTimeout(timer)
  }
  function announce(next: Job): void {
    if (next.step === 'undo') return
    const quarter = Math.floor(percent(next) / SAID_AT) * SAID_AT
    if (quarter < said) said = 0
    if (quarter <= said || (next.state !== 'done' && !isBusy(next))) return
    said = quarter
    void announcer.say(`${what(next)}: ${quarter} percent.`)
  }
  function show(next: Job): void {
    const before = job.value
    // A job that was over when the page came is nothing new to announce.
    if (before?.id !== next.id && !isBusy(next)) said = 100
    const moved = before?.id !== next.id || before.state !== next.state || before.done !== next.done
    if (moved) {
      movedAt = Date.now()
      wait = FIRST_MS
    }
    stalled.value = isBusy(next) && Date.now() - movedAt > STALLED_MS
    job.value = next
    announce(next)
  }
  function plan(id: number): void {
    const mine = turn
    timer = setTimeout(() => void look(id, mine), document.hidden ? HIDDEN_MS : wait)
    wait = Math.min(MOST_MS, wait * GROWS)
  }
  async function look(id: number, mine: number): Promise<void> {
    try {
      const next = await ask(id)
      if (mine !== turn) return
      error.value = null
      show(next)
      if (isBusy(next)) plan(id)
    } catch (problem) {
      if (mine !== turn) return
      if (job.value && isProblem(problem, 0, 429, 502, 503, 504)) {
        stalled.value = true
        plan(id)
      } else error.value = problem
    }
  }
  function take(next: Job): void {
    stop()
    // What was said belongs to the work before: a confirmed import counts from nothing again.
    said = isBusy(next) ? 0 : 100
    movedAt = Date.now()
    wait = FIRST_MS
    error.value = null
    show(next)
    if (isBusy(next)) plan(next.id)
  }
  async function watch(id: number): Promise<void> {
    stop()
    if (job.value?.id !== id) job.value = null
    said = 0
    await look(id, turn)
  }
  /** Whoever comes back to the tab sees where it is now, not where it was. */
  function shown(): void {
    const current = job.value
    if (document.hidden || !current || !isBusy(current)) return
    stop()
    wait = FIRST_MS
    void look(current.id, turn)
  }
  document.addEventListener('visibilitychange', shown)
  onScopeDispose(() => {
    stop()
    document.removeEventListener('visibilitychange', shown)
  })
  return { job, error, stalled, take, watch }
}
