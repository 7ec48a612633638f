/** Archiving, deleting and adding to a tracker, each with its message and its way back. */
import { deleteLog, restoreLog } from '@/api/logs'
import { changeTracker, deleteTracker, restoreTracker } from '@/api/trackers'
import type { Log, Tracker } from '@/api/types'
import { useAnnouncer } from '@/stores/announcer'
import { saying } from '@/api/problem'
import { plural } from '@/lib/format'
import { useToasts } from '@/stores/toasts'

import { useFormat } from './useFormat'
import { useUndo } from './useUndo'

/** `changed` is told after every act and every undo, to load again what it shows. */
export function useTrackerActs(changed: (id: number) => unknown) {
  const undo = useUndo()
  const toasts = useToasts()
  const announcer = useAnnouncer()
  const format = useFormat()

  /** True when the server did it; a no stands in a message and is read out at once. */
  async function attempt(act: () => Promise<unknown>): Promise<boolean> {
    try {
      await act()
      return true
    } catch (problem) {
      toasts.show({ text: saying(problem) })
      void announcer.alert(saying(problem))
      return false
    }
  }
  async function archive(tracker: Tracker, archived = true): Promise<boolean> {
    const done = await attempt(() => changeTracker(tracker.id, { archived }))
    if (!done) return false
    undo.offer({
      text: archived
        ? `${tracker.name} rests in the archive.`
        : `${tracker.name} is back among your trackers.`,
      undo: async () => {
        await changeTracker(tracker.id, { archived: !archived })
        await changed(tracker.id)
      },
    })
    return true
  }
  async function remove(tracker: Tracker): Promise<boolean> {
    let count = 0
    const done = await attempt(async () => (count = (await deleteTracker(tracker.id)).log_count))
    if (!done) return false
    const entries = plural(count, 'entry', 'entries', format.locale.value.language)
    undo.offer({
      text: count
        ? `${tracker.name} and its ${entries} are in Recently deleted.`
        : `${tracker.name} is in Recently deleted.`,
      undo: async () => {
        await restoreTracker(tracker.id)
        await changed(tracker.id)
      },
    })
    return true
  }
  function added(tracker: Tracker, log: Log): void {
    const value = format.value(log.kind, log.value, tracker.unit)
    undo.offer({
      text: `${tracker.name} logged: ${value}`,
      spoken: `${tracker.name}, ${value} logged. Undo available.`,
      undo: async () => {
        await deleteLog(log.id)
        await changed(tracker.id)
      },
    })
  }
  async function removeLog(log: Log): Promise<boolean> {
    const done = await attempt(() => deleteLog(log.id))
    if (!done) return false
    undo.offer({
      text: 'Entry removed.',
      undo: async () => {
        await restoreLog(log.id)
        await changed(log.tracker_id)
      },
    })
    return true
  }
  return { attempt, archive, remove, added, removeLog }
}
