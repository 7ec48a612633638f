import { describe, expect, it, vi } from 'vitest'

vi.unmock('@/lib/frame')
const { afterFrame } = await import('./frame')

/** Whether the wait is over, with one frame that is made when the test says so. */
function wait() {
  vi.useFakeTimers()
  let draw: FrameRequestCallback = () => {}
  vi.stubGlobal('requestAnimationFrame', (frame: FrameRequestCallback) => (draw = frame))
  const seen = { over: false, frame: () => draw(0) }
  void afterFrame().then(() => (seen.over = true))
  return seen
}

describe('after the frame', () => {
  it('goes on once the frame is made, not while it is', async () => {
    const seen = wait()
    await vi.advanceTimersByTimeAsync(20)
    expect(seen.over).toBe(false)
    seen.frame()
    await Promise.resolve()
    expect(seen.over).toBe(false)
    await vi.advanceTimersByTimeAsync(1)
    expect(seen.over).toBe(true)
  })
  it('goes on in a tab that makes no frames', async () => {
    const seen = wait()
    await vi.advanceTimersByTimeAsync(100)
    expect(seen.over).toBe(true)
  })
})
