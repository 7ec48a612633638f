/** The entries of a tracker in parts of fifty: found, added to, changed, removed and put back. */
import { computed, reactive, watch } from 'vue'

import { deleteLog, getLog, getLogs, changeLog, restoreLog } from '@/api/logs'
import { ApiProblem, isProblem } from '@/api/problem'
import type { Log, NewLog, Tracker } from '@/api/types'

import { useFormat } from './useFormat'
import { useParts } from './useParts'
import { useUndo } from './useUndo'

const PART = 50
const PAUSE_MS = 300

export function useLogList(tracker: () => Tracker, changed: () => unknown) {
  const undo = useUndo()
  const format = useFormat()
  const filter = reactive({ q: '', from: '', to: '' })
  const filtered = computed(() => Boolean(filter.q.trim() || filter.from || filter.to))
  const parts = useParts<Log>((after) => {
    const { from, to } = filter
    return getLogs(tracker().id, { limit: PART, after, q: filter.q.trim(), from, to })
  })
  const { items, load } = parts
  let pause: ReturnType<typeof setTimeout> | undefined
  watch(filter, () => {
    clearTimeout(pause)
    pause = setTimeout(load, PAUSE_MS)
  })

  /** A lost race shows theirs; pressing Save again is then a choice made with open eyes. */
  async function save(entry: Log, body: NewLog): Promise<void> {
    try {
      Object.assign(entry, await changeLog(entry.id, body, entry.version))
    } catch (problem) {
      if (!isProblem(problem, 412)) throw problem
      const now = await getLog(entry.id)
      entry.version = now.version
      const theirs = format.value(now.kind, now.value, tracker().unit)
      throw new ApiProblem({
        status: 412,
        detail: `Changed elsewhere: ${theirs} now. Save again to use yours.`,
      })
    }
    undo.tell('Saved.')
    void load()
    void changed()
  }
  /** The row leaves at once, and comes back when the server says no. */
  async function remove(entry: Log): Promise<void> {
    const before = items.value ?? []
    items.value = before.filter((each) => each.id !== entry.id)
    const offered = undo.offer({
      text: 'Entry removed.',
      undo: async () => {
        await removed
        await restoreLog(entry.id)
        await load()
        void changed()
      },
    })
    const removed = deleteLog(entry.id)
    try {
      await removed
      void changed()
    } catch (problem) {
      undo.forget(offered)
      items.value = before
      const text = problem instanceof ApiProblem ? problem.message : ''
      undo.tell(text || 'Not removed: the server did not answer.')
      void undo.alert('The entry is still there.')
    }
  }
  return { ...parts, filter, filtered, save, remove }
}
