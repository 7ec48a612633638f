/** When what was just changed can be seen: the time for all that nobody looks at. */
import { nextTick } from 'vue'

/** A tab that nobody sees makes no frames. */
const NO_FRAME_MS = 100

/** Once the frame is out that shows what was changed until now. */
export async function afterFrame(): Promise<void> {
  await nextTick()
  await new Promise<void>((go) => {
    setTimeout(go, NO_FRAME_MS)
    requestAnimationFrame(() => setTimeout(go))
  })
}
