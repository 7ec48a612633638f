/** Holding a control for half a second (or right click, or Shift+Enter) for its details; a hold that scrolls is a scroll. */
import { onScopeDispose } from 'vue'

const HOLD_MS = 500
const SLOP_PX = 10

/** Use as v-on="hold": the click that ends a hold is swallowed. */
export function useHold(open: (event: Event) => void) {
  let timer: ReturnType<typeof setTimeout> | undefined
  let from = { x: 0, y: 0 }
  let held = false
  const cancel = () => clearTimeout(timer)
  onScopeDispose(cancel)

  return {
    pointerdown(event: PointerEvent) {
      cancel()
      held = false
      if (event.button !== 0) return
      from = { x: event.clientX, y: event.clientY }
      timer = setTimeout(() => {
        held = true
        open(event)
      }, HOLD_MS)
    },
    pointermove(event: PointerEvent) {
      if (Math.hypot(event.clientX - from.x, event.clientY - from.y) > SLOP_PX) cancel()
    },
    pointerup: cancel,
    pointercancel: cancel,
    pointerleave: cancel,
    contextmenu(event: Event) {
      event.preventDefault()
      cancel()
      if (!held) open(event)
      held = true
      setTimeout(() => (held = false))
    },
    keydown(event: KeyboardEvent) {
      if (event.key !== 'Enter' || !event.shiftKey) return
      event.preventDefault()
      open(event)
    },
    /** In the capture phase, before the control's own click. */
    clickCapture(event: MouseEvent) {
      if (!held) return
      held = false
      event.preventDefault()
      event.stopPropagation()
    },
  }
}
