/** The log of deliveries: filtered in the address, asked for again while something is on its way, sent again. */
import { computed, onScopeDispose, ref, watch } from 'vue'
import { useRoute, useRouter } from 'vue-router'

import { getDeliveries, resendDelivery } from '@/api/deliveries'
import { saying } from '@/api/problem'
import type { Delivery, DeliveryFilter } from '@/api/types'
import { FILTERS, isUnderWay } from '@/lib/deliveries'

import { useParts } from './useParts'
import { useUndo } from './useUndo'

const PART = 30
const LOOK_EVERY_MS = 4000
/** What is to go out later than this is not waited for. */
const SOON_MS = 60_000

export function useDeliveries() {
  const route = useRoute()
  const router = useRouter()
  const { tell } = useUndo()
  const filter = computed<DeliveryFilter | ''>({
    get: () => FILTERS.find((each) => each.value === route.query.state)?.value ?? '',
    set: (state) => void router.replace({ query: { ...route.query, state: state || undefined } }),
  })
  const ask = (after?: number) =>
    getDeliveries({ state: filter.value || undefined, after, limit: PART })
  const parts = useParts<Delivery, number>(ask)
  const { items, load } = parts
  const busy = ref<number | null>(null)

  watch(
    filter,
    () => {
      items.value = null
      void load()
    },
    { immediate: true },
  )
  const moving = (each: Delivery) =>
    isUnderWay(each) && (!each.next_at || Date.parse(each.next_at) - Date.now() < SOON_MS)

  /** The newest are looked at again in silence, and put in their places; older ones stay as they are. */
  async function look(): Promise<void> {
    if (document.hidden || parts.loading.value || !items.value?.some(moving)) return
    const asked = filter.value
    const page = await ask().catch(() => null)
    if (!page || asked !== filter.value || !items.value) return
    const fresh = new Map(page.items.map((each) => [each.id, each]))
    const known = new Set(items.value.map((each) => each.id))
    items.value = [
      ...page.items.filter((each) => !known.has(each.id)),
      ...items.value.map((each) => fresh.get(each.id) ?? each),
    ]
  }
  const looking = setInterval(() => void look(), LOOK_EVERY_MS)
  onScopeDispose(() => clearInterval(looking))

  async function again(delivery: Delivery): Promise<void> {
    if (busy.value !== null) return
    busy.value = delivery.id
    try {
      const now = await resendDelivery(delivery.id)
      items.value = (items.value ?? []).map((each) => (each.id === now.id ? now : each))
      tell(`${now.label} goes out again.`)
    } catch (problem) {
      tell(saying(problem))
    } finally {
      busy.value = null
    }
  }
  return { ...parts, filter, busy, again }
}
