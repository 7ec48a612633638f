/** A held - or +: nothing for 400 ms, then 8 a second; a short press is one step. A hold that scrolls is a scroll. */
import { onScopeDispose } from 'vue'

const FIRST_MS = 400
const NEXT_MS = 125

/** Use as v-on="useRepeat(step)"; a press by keyboard or screen reader comes as a plain click. */
export function useRepeat(act: () => void) {
  let timer: ReturnType<typeof setTimeout> | undefined
  let repeated = false
  const stop = () => clearTimeout(timer)
  onScopeDispose(stop)
  const again = () => {
    repeated = true
    act()
    timer = setTimeout(again, NEXT_MS)
  }
  return {
    pointerdown(event: PointerEvent) {
      stop()
      repeated = false
      if (event.button === 0) timer = setTimeout(again, FIRST_MS)
    },
    pointerup: stop,
    pointercancel: stop,
    pointerleave: stop,
    click() {
      stop()
      if (!repeated) act()
      repeated = false
    },
  }
}
