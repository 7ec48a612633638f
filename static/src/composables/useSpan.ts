/** Which days a tracker's page looks at, kept in the address: a named range, or from one day to another. */
import { computed } from 'vue'
import { useRoute, useRouter } from 'vue-router'

import type { Range, Span } from '@/api/types'

export const RANGES: readonly { value: Range; label: string; short: string }[] = [
  { value: '7d', label: '7 days', short: '7 d' },
  { value: '30d', label: '30 days', short: '30 d' },
  { value: '90d', label: '90 days', short: '90 d' },
  { value: '1y', label: '1 year', short: '1 y' },
  { value: 'all', label: 'All', short: 'All' },
]
const USUAL: Range = '30d'
const DAY = /^\d{4}-\d\d-\d\d$/

export function useSpan() {
  const route = useRoute()
  const router = useRouter()
  const span = computed<Span>(() => {
    const { from, to, range } = route.query
    if (typeof from === 'string' && typeof to === 'string' && DAY.test(from) && DAY.test(to)) {
      return { from, to }
    }
    return { range: RANGES.find((each) => each.value === range)?.value ?? USUAL }
  })
  function set(next: Span): void {
    const { from, to } = next
    const range = next.range === USUAL ? undefined : next.range
    void router.replace({ query: { ...route.query, from, to, range } })
  }
  return { span, set }
}
