/** Seconds until something may be tried again, counted down for the eye. */
import { computed, onScopeDispose, ref } from 'vue'

import { isProblem } from '@/api/problem'

const USUAL_S = 60

export function useCountdown() {
  const left = ref(0)
  let ends = 0
  let timer: ReturnType<typeof setInterval> | undefined
  const stop = () => clearInterval(timer)
  onScopeDispose(stop)

  function tick(): void {
    left.value = Math.max(0, Math.ceil((ends - Date.now()) / 1000))
    if (left.value === 0) stop()
  }
  function start(seconds: number): void {
    stop()
    ends = Date.now() + seconds * 1000
    timer = setInterval(tick, 1000)
    tick()
  }
  /** "4 minutes", and under a minute the seconds. */
  const words = computed(() => {
    const many = left.value >= 60 ? Math.ceil(left.value / 60) : left.value
    const unit = left.value >= 60 ? 'minute' : 'second'
    return `${many} ${unit}${many === 1 ? '' : 's'}`
  })
  /** Does it, and counts when the server says that these were too many tries. */
  async function trying(act: () => Promise<unknown>): Promise<void> {
    try {
      await act()
    } catch (problem) {
      if (!isProblem(problem, 429)) throw problem
      start(problem.retryAfter ?? USUAL_S)
    }
  }
  return { left, words, start, trying }
}
export type Countdown = ReturnType<typeof useCountdown>
