/** A list that comes in parts: the newest at first, older ones when they are asked for. */
import { ref, shallowRef } from 'vue'

import type { Page } from '@/api/types'

/** What is there stays while it is asked for again; an answer overtaken by a later question is dropped. */
export function useParts<T, Next extends string | number = string>(
  ask: (after?: Next) => Promise<Page<T, Next | null>>,
) {
  const items = ref<T[] | null>(null)
  const next = shallowRef<Next | null>(null)
  const loading = ref(false)
  const error = shallowRef<unknown>(null)
  let turn = 0

  async function fetchPart(after?: Next): Promise<void> {
    const mine = ++turn
    loading.value = true
    error.value = null
    try {
      const page = await ask(after)
      if (mine !== turn) return
      items.value = after ? [...((items.value ?? []) as T[]), ...page.items] : page.items
      next.value = page.next
    } catch (problem) {
      if (mine === turn) error.value = problem
    } finally {
      if (mine === turn) loading.value = false
    }
  }
  return {
    items,
    next,
    loading,
    error,
    load: () => fetchPart(),
    older: () => fetchPart(next.value ?? undefined),
  }
}
