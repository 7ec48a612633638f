/** Which trackers the page of cards shows: found by words, by kind, in the archive; the wish is in the address. */
import { computed, ref, watch } from 'vue'
import { useRoute, useRouter } from 'vue-router'

import type { Tracker } from '@/api/types'
import { KINDS } from '@/lib/kinds'
import { useTrackers } from '@/stores/trackers'

const MANY = 60
const AT_A_TIME = 30
const plain = (text: string) => text.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase()

export function useDashboard() {
  const route = useRoute()
  const router = useRouter()
  const store = useTrackers()
  const one = (value: unknown) => (typeof value === 'string' ? value : '')

  function put(name: 'q' | 'show', value: string): void {
    void router.replace({ query: { ...route.query, [name]: value || undefined } })
  }
  const find = computed({ get: () => one(route.query.q), set: (value) => put('q', value) })
  const show = computed({
    get: () => {
      const value = one(route.query.show)
      return value === 'archived' || (KINDS as readonly string[]).includes(value) ? value : ''
    },
    set: (value) => put('show', value),
  })
  const state = computed(() => (show.value === 'archived' ? 'archived' : 'active'))
  const list = computed(() => store.lists[state.value])
  const matching = computed(() => {
    const words = plain(find.value.trim())
    return (list.value.items ?? []).filter(
      (tracker: Tracker) =>
        (state.value === 'archived' || !show.value || tracker.kind === show.value) &&
        (!words ||
          plain(`${tracker.name}\n${tracker.description}`).includes(words) ||
          `#${tracker.id}` === words),
    )
  })
  const most = ref(AT_A_TIME)
  watch([show, find], () => (most.value = AT_A_TIME))
  const shown = computed(() =>
    matching.value.length > MANY ? matching.value.slice(0, most.value) : matching.value,
  )
  const hidden = computed(() => matching.value.length - shown.value.length)
  const showMore = () => (most.value += AT_A_TIME)
  const nextMore = computed(() => Math.min(AT_A_TIME, hidden.value))
  watch(state, (now) => void store.load(now), { immediate: true })
  return { find, show, state, list, matching, shown, hidden, nextMore, showMore }
}
