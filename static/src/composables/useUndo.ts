/** Messages with Undo, for whoever acts: `offer` shows one and remembers how to take the act back. */
import { saying } from '@/api/problem'
import { useAnnouncer } from '@/stores/announcer'
import { useToasts, type ToastAction } from '@/stores/toasts'

export interface UndoOffer {
  text: string
  spoken?: string
  undo?: () => unknown
  actions?: ToastAction[]
}
export function useUndo() {
  const toasts = useToasts()
  const announcer = useAnnouncer()
  /** An undo that fails says so instead of failing in silence. */
  const guarded = (run: () => unknown) => async () => {
    try {
      await run()
    } catch (error) {
      toasts.show({ text: saying(error) })
    }
  }
  return {
    offer(given: UndoOffer): number {
      return toasts.show({
        ...given,
        undo: given.undo && guarded(given.undo),
        actions: given.actions?.map((action) => ({ ...action, run: guarded(action.run) })),
      })
    },
    /** A message with nothing to undo, such as "Saved". */
    tell: (text: string) => toasts.show({ text }),
    say: announcer.say,
    alert: announcer.alert,
    forget: toasts.forget,
  }
}
