/** What the menu of a tracker offers, by what the person may do with it. */
import {
  Archive,
  ArchiveRestore,
  ArrowDown,
  ArrowUp,
  Download,
  Pencil,
  Trash2,
  Users,
} from '@lucide/vue'

import type { Tracker } from '@/api/types'
import type { MenuItem } from '@/components/ui/MenuButton.vue'

export interface MenuActs {
  take: (tracker: Tracker) => unknown
  archive: (tracker: Tracker, archived: boolean) => unknown
  remove: (tracker: Tracker) => unknown
  /** Left out where there is no order to change. */
  move?: (tracker: Tracker, by: -1 | 1) => unknown
}
export function trackerMenu(
  tracker: Tracker,
  acts: MenuActs,
  place: { first: boolean; last: boolean } = { first: true, last: true },
): MenuItem[] {
  const owner = tracker.role === 'owner'
  const at = `/trackers/${tracker.id}`
  const { move } = acts
  const items: (MenuItem | false | undefined)[] = [
    owner && { label: 'Edit', icon: Pencil, to: `${at}/edit` },
    { label: 'Export CSV', icon: Download, run: () => acts.take(tracker) },
    { label: owner ? 'Share' : 'People', icon: Users, to: `${at}/people` },
    move && !place.first && { label: 'Move up', icon: ArrowUp, run: () => move(tracker, -1) },
    move && !place.last && { label: 'Move down', icon: ArrowDown, run: () => move(tracker, 1) },
    owner && {
      label: tracker.archived ? 'Bring back' : 'Archive',
      icon: tracker.archived ? ArchiveRestore : Archive,
      run: () => acts.archive(tracker, !tracker.archived),
    },
    owner && { label: 'Delete', icon: Trash2, danger: true, run: () => acts.remove(tracker) },
  ]
  return items.filter((item): item is MenuItem => Boolean(item))
}
