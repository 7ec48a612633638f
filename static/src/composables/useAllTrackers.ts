/** Every tracker of a person, page by page: for the places where one or several are chosen. */
import { getTrackers } from '@/api/trackers'
import type { Tracker } from '@/api/types'

import { useLoad } from './useLoad'

const MOST_PAGES = 50
async function all(state: 'active' | 'archived'): Promise<Tracker[]> {
  const found: Tracker[] = []
  let after: string | undefined
  for (let page = 0; page < MOST_PAGES; page++) {
    const { items, next } = await getTrackers({ state, after, limit: 200 })
    found.push(...items)
    if (next === null) break
    after = String(next)
  }
  return found
}
export function useAllTrackers({ archived = false } = {}) {
  return useLoad(async () => [...(await all('active')), ...(archived ? await all('archived') : [])])
}
