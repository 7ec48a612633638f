/** The trackers as last seen, so that coming back to their page shows them at once, where one was. */
import { defineStore } from 'pinia'
import { reactive, watch } from 'vue'

import { getTrackers } from '@/api/trackers'
import type { Tracker } from '@/api/types'

import { useAccount } from './account'

export type ListState = 'active' | 'archived'
export interface TrackerList {
  items: Tracker[] | null
  error: unknown
  loading: boolean
  /** When it came. */
  at?: number
}
const PAGE = 200

export const useTrackers = defineStore('trackers', () => {
  const account = useAccount()
  const fresh = (): TrackerList => ({ items: null, error: null, loading: false })
  const lists = reactive<Record<ListState, TrackerList>>({ active: fresh(), archived: fresh() })
  const turns = { active: 0, archived: 0 }

  watch(
    () => account.account?.id,
    () => {
      turns.active++
      turns.archived++
      Object.assign(lists, { active: fresh(), archived: fresh() })
    },
  )
  async function all(state: ListState): Promise<Tracker[]> {
    const items: Tracker[] = []
    let after: string | null = null
    do {
      const page: Awaited<ReturnType<typeof getTrackers>> = await getTrackers({
        state,
        limit: PAGE,
        after: after ?? undefined,
      })
      items.push(...page.items)
      after = page.next
    } while (after)
    return items
  }
  /** What was there stays while it is asked for again. */
  async function load(state: ListState): Promise<void> {
    const turn = ++turns[state]
    const list = lists[state]
    list.loading = true
    list.error = null
    try {
      const items = await all(state)
      if (turn === turns[state]) Object.assign(list, { items, at: Date.now() })
    } catch (problem) {
      if (turn === turns[state]) list.error = problem
    } finally {
      if (turn === turns[state]) list.loading = false
    }
  }
  function put(tracker: Tracker): void {
    for (const list of Object.values(lists)) {
      const at = list.items?.findIndex((each) => each.id === tracker.id) ?? -1
      if (at >= 0) list.items![at] = { ...list.items![at]!, ...tracker }
    }
  }
  function take(id: number): void {
    for (const list of Object.values(lists)) {
      if (list.items) list.items = list.items.filter((each) => each.id !== id)
    }
  }
  return { lists, load, put, take }
})
