/** The timers running on the server, for the pill that every page shows. */
import { defineStore } from 'pinia'
import { ref, watch } from 'vue'

import { getTimers } from '@/api/trackers'
import type { Timer } from '@/api/types'

import { useAccount } from './account'

export const useTimers = defineStore('timers', () => {
  const account = useAccount()
  const running = ref<Timer[]>([])
  const person = () => account.account?.id

  // The next person at this page starts with nothing of the one before.
  watch(person, () => (running.value = []), { flush: 'sync' })
  async function load(): Promise<void> {
    const asked = person()
    try {
      const { items } = await getTimers()
      if (asked === person()) running.value = items
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
