/**
 * Logging, changing and removing on Today: shown at once, sent one after another for each tracker,
 * taken back when the server says no.
 */
import { reactive } from 'vue'

import { newKey, type Request } from '@/api/http'
import * as logs from '@/api/logs'
import { isProblem, saying } from '@/api/problem'
import type { Log, LogChange, TodayItem, Value } from '@/api/types'
import { choiceId, inOrder, outgoing } from '@/lib/entries'
import { afterFrame } from '@/lib/frame'
import { useAnnouncer } from '@/stores/announcer'
import { useToday } from '@/stores/today'

import { useFormat } from './useFormat'

type Patch = { value?: Value; note?: string }
type Act = Pick<Request, 'onWait'>
export interface Outcome {
  entry: Log
  /** True once the server has it, false when it was taken back. */
  done: Promise<boolean>
}
let nextDraft = -1
/** The last act of each tracker: the next one waits for it, so that they arrive in order. */
const queues = new Map<number, Promise<unknown>>()

export function useActs() {
  const today = useToday()
  const announcer = useAnnouncer()
  const format = useFormat()

  function fail(item: TodayItem, problem: unknown, again?: () => unknown): void {
    const text = saying(problem)
    const retry = isProblem(problem, 0, 429, 500, 502, 503, 504) && again
    today.row(item.id).message = {
      text,
      action: retry ? { label: 'Try again', run: retry } : undefined,
    }
    void announcer.alert(`${item.name}: ${text}`)
  }
  /** Sends one act in its turn; `failed` puts back what was shown too early. */
  function send(
    item: TodayItem,
    effect: (act: Act) => Promise<unknown>,
    failed: (problem: unknown) => unknown,
  ): Promise<boolean> {
    const row = today.row(item.id)
    row.pending++
    row.message = null
    const onWait = (seconds: number) => {
      row.message = { text: `A little too fast. Trying again in ${seconds} s.` }
    }
    const before = queues.get(item.id)
    const turn = afterFrame().then(async () => {
      await before
      try {
        await effect({ onWait })
        if (row.message?.text.startsWith('A little too fast')) row.message = null
        return true
      } catch (problem) {
        await failed(problem)
        return false
      } finally {
        row.pending--
        // The page went to another day meanwhile and may have asked before this act arrived.
        if (!today.items.includes(item)) void today.refresh()
      }
    })
    queues.set(item.id, turn)
    return turn
  }

  function draft(item: TodayItem, value: Value, day: string, note: string): Log {
    return reactive({
      ...today.momentFor(day),
      id: nextDraft--,
      tracker_id: item.id,
      kind: item.kind,
      value,
      note,
      choice_id: choiceId(item, value),
      by: null,
      source: 'page' as const,
      version: 0,
      deleted_at: null,
    })
  }
  function put(item: TodayItem, entries: Log[], entry: Log): void {
    if (!entries.some((each) => each.id === entry.id)) entries.push(entry)
    inOrder(entries)
    today.sync(item, entry.local_day)
  }
  function take(item: TodayItem, entries: Log[], entry: Log): void {
    const at = entries.findIndex((each) => each.id === entry.id)
    if (at >= 0) entries.splice(at, 1)
    today.sync(item, entry.local_day)
  }

  /** `key` is one act's: trying again with it can never log twice. */
  async function record(
    item: TodayItem,
    value: Value,
    day: string,
    key = newKey(),
  ): Promise<Outcome> {
    const entries = await today.entriesOf(item, day)
    const row = today.row(item.id)
    const note = row.draft
    const entry = draft(item, value, day, note)
    row.draft = ''
    put(item, entries, entry)
    const body = {
      value: outgoing(item, value),
      ...(note ? { note } : {}),
      ...(entry.timed ? {} : { logged_at: day }),
    }
    const done = send(
      item,
      async (act) => {
        Object.assign(entry, await logs.addLog(item.id, body, { ...act, key }))
        if (entry.local_day !== day) void today.refresh()
      },
      (problem) => {
        take(item, entries, entry)
        row.draft ||= note
        fail(item, problem, () => record(item, value, day, key))
      },
    )
    return { entry, done }
  }

  async function change(item: TodayItem, entry: Log, patch: Patch): Promise<Outcome> {
    const before: Patch & Pick<Log, 'choice_id'> = {
      value: entry.value,
      note: entry.note,
      choice_id: entry.choice_id,
    }
    Object.assign(entry, patch)
    if (patch.value !== undefined) entry.choice_id = choiceId(item, patch.value)
    today.sync(item, entry.local_day)
    const body: LogChange = { ...patch }
    if (patch.value !== undefined) body.value = outgoing(item, patch.value)
    const done = send(
      item,
      async (act) => {
        if (entry.id > 0)
          Object.assign(entry, await logs.changeLog(entry.id, body, entry.version, act))
      },
      async (problem) => {
        if (isProblem(problem, 412) && (await overtaken(item, entry, patch))) return
        Object.assign(entry, before)
        today.sync(item, entry.local_day)
        if (!isProblem(problem, 412)) fail(item, problem, () => change(item, entry, patch))
      },
    )
    return { entry, done }
  }

  /** Somebody else was faster: theirs is shown, ours is offered. True when that was possible. */
  async function overtaken(item: TodayItem, entry: Log, patch: Patch): Promise<boolean> {
    const now = await logs.getLog(entry.id).catch(() => null)
    if (!now) return false
    Object.assign(entry, now)
    today.sync(item, entry.local_day)
    const same = (patch.value ?? now.value) === now.value && (patch.note ?? now.note) === now.note
    if (same) return true
    const theirs =
      patch.value === undefined ? `“${now.note}”` : format.value(item.kind, now.value, item.unit)
    const ours =
      patch.value === undefined
        ? `“${patch.note}”`
        : format.value(item.kind, patch.value, item.unit)
    const text = `Changed elsewhere: ${theirs} now. Yours was ${ours}.`
    today.row(item.id).message = {
      text,
      action: { label: 'Use mine', run: () => change(item, entry, patch) },
    }
    void announcer.alert(`${item.name}: ${text}`)
    return true
  }

  async function remove(item: TodayItem, entry: Log): Promise<Outcome> {
    const entries = await today.entriesOf(item, entry.local_day)
    take(item, entries, entry)
    const done = send(
      item,
      // No If-Match: removing is undone as easily, and what was meant is this entry, whatever it says now.
      async (act) => {
        if (entry.id > 0) await logs.deleteLog(entry.id, undefined, act)
      },
      (problem) => {
        if (isProblem(problem, 404)) return
        put(item, entries, entry)
        fail(item, problem, () => remove(item, entry))
      },
    )
    void done.then(() => today.refresh())
    return { entry, done }
  }

  async function restore(item: TodayItem, entry: Log): Promise<Outcome> {
    const entries = await today.entriesOf(item, entry.local_day)
    put(item, entries, entry)
    const done = send(
      item,
      async () => Object.assign(entry, await logs.restoreLog(entry.id)),
      (problem) => {
        take(item, entries, entry)
        fail(item, problem, () => restore(item, entry))
      },
    )
    return { entry, done }
  }
  return { record, change, remove, restore, send, put, fail }
}
