/** The timers running on the server, for the pill that every page shows. */
import { defineStore } from 'pinia'
import { ref } from 'vue'

import { getTimers } from '@/api/trackers'
import type { Timer } from '@/api/types'

export const useTimers = defineStore('timers', () => {
  const running = ref<Timer[]>([])

  async function load(): Promise<void> {
    try {
      running.value = (await getTimers()).items
    } catch {
      // The pill is a convenience: Today shows the timers, and says so when it cannot.
    }
  }
  function started(timer: Timer): void {
    stopped(timer.tracker_id)
    running.value.push(timer)
  }
  function stopped(tracker_id: number): void {
    running.value = running.value.filter((timer) => timer.tracker_id !== tracker_id)
  }
  return { running, load, started, stopped }
})
