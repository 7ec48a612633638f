/** Today as the page sees it: the rows of the chosen day, what is under way and what went wrong in each. */
import { defineStore } from 'pinia'
import { computed, reactive, ref, watch } from 'vue'

import { serverNow } from '@/api/http'
import { getLogs, getToday } from '@/api/logs'
import type { Log, Today, TodayItem } from '@/api/types'
import { readDrafts, writeDrafts } from '@/lib/drafts'
import { dayMark, inOrder } from '@/lib/entries'

import { useAccount } from './account'

export interface RowMessage {
  text: string
  action?: { label: string; run: () => unknown }
}
export interface RowState {
  /** Acts that the server has not answered yet. */
  pending: number
  message: RowMessage | null
  /** A note written before there is an entry: it goes with the next one. */
  draft: string
}
const STALE_MS = 60_000

export const useToday = defineStore('today', () => {
  const account = useAccount()
  const page = ref<Today | null>(null)
  const error = ref<unknown>(null)
  const loading = ref(false)
  const rows = reactive(new Map<number, RowState>())
  /** Entries of other days than the chosen one, once a cell asked for them. */
  const others = reactive(new Map<string, Log[]>())
  let turn = 0
  const loadedAt = ref(0)

  const items = computed(() => page.value?.items ?? [])
  const logged = computed(() => items.value.filter((item) => item.entries.length > 0).length)
  const isToday = computed(() => page.value !== null && page.value.day === page.value.today)
  const pending = computed(() => [...rows.values()].reduce((sum, row) => sum + row.pending, 0))

  const drafts = () => readDrafts(account.account?.id)
  watch(
    () => [...rows].filter(([, { draft }]) => draft).map(([id, { draft }]) => [id, draft] as const),
    (now) => account.account && writeDrafts(account.account.id, Object.fromEntries(now)),
  )
  // The next person at this page starts with nothing of the one before.
  watch(
    () => account.account?.id,
    () => {
      turn++
      page.value = error.value = null
      rows.clear()
      others.clear()
    },
  )
  function row(id: number): RowState {
    if (!rows.has(id)) rows.set(id, { pending: 0, message: null, draft: drafts()[id] ?? '' })
    return rows.get(id)!
  }
  /** `quiet` keeps what is shown while asking, and gives way to acts under way. */
  async function load(day?: string, { quiet = false } = {}): Promise<void> {
    const mine = ++turn
    if (!quiet) {
      loading.value = true
      error.value = null
      if (day && page.value && page.value.day !== day) rows.forEach((each) => (each.message = null))
    }
    try {
      const answer = await getToday(day)
      if (mine !== turn || (quiet && pending.value > 0)) return
      page.value = answer
      others.clear()
      loadedAt.value = Date.now()
      error.value = null
    } catch (problem) {
      if (mine === turn && !quiet) error.value = problem
    } finally {
      if (mine === turn) loading.value = false
    }
  }
  const chosen = () => (isToday.value ? undefined : page.value?.day)
  async function refresh(): Promise<void> {
    if (page.value && pending.value === 0) await load(chosen(), { quiet: true })
  }
  /** On coming back to the tab: another device may have logged, or a new day begun. */
  async function refreshIfStale(): Promise<void> {
    if (Date.now() - loadedAt.value > STALE_MS) await refresh()
  }

  async function entriesOf(item: TodayItem, day: string): Promise<Log[]> {
    if (day === page.value?.day) return item.entries
    const key = `${item.id}/${day}`
    if (!others.has(key)) {
      const mark = item.last_days.find((each) => each.day === day)
      const empty = mark !== undefined && mark.count === 0
      const found = empty ? [] : (await getLogs(item.id, { from: day, to: day, limit: 200 })).items
      others.set(key, inOrder(found))
    }
    return others.get(key)!
  }
  /** After a change to a day's entries its cell follows. */
  function sync(item: TodayItem, day: string): void {
    const entries = day === page.value?.day ? item.entries : others.get(`${item.id}/${day}`)
    const mark = item.last_days.find((each) => each.day === day)
    if (mark && entries) Object.assign(mark, dayMark(item.kind, day, entries))
  }
  /** Now, or for a day gone by the day itself, which the server puts at noon without a time. */
  function momentFor(day: string): Pick<Log, 'logged_at' | 'local_day' | 'timed'> {
    const timed = day === page.value?.today
    const at = timed ? new Date(serverNow()).toISOString() : `${day}T12:00:00Z`
    return { logged_at: at, local_day: day, timed }
  }
  return {
    page,
    error,
    loading,
    loadedAt,
    items,
    logged,
    isToday,
    pending,
    row,
    load,
    refresh,
    refreshIfStale,
    entriesOf,
    sync,
    momentFor,
  }
})
