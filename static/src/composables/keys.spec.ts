import userEvent from '@testing-library/user-event'
import { fireEvent, render, screen } from '@testing-library/vue'
import { describe, expect, it, vi } from 'vitest'
import { defineComponent, h, mergeProps, toHandlers } from 'vue'

import { useDisplay } from '@/stores/display'

import { useHold } from './useHold'
import { useRepeat } from './useRepeat'
import { useShortcuts, type Keys } from './useShortcuts'

function page(keys: Keys) {
  return render(
    defineComponent({
      setup() {
        useShortcuts(keys)
        return () => h('input', { 'aria-label': 'Field' })
      },
    }),
  )
}

describe('useShortcuts', () => {
  it('knows one key and two after one another', async () => {
    const one = vi.fn()
    const two = vi.fn()
    const t = vi.fn()
    page({ n: one, 'g t': two, t })
    await userEvent.keyboard('n')
    await userEvent.keyboard('gt')
    expect(one).toHaveBeenCalledOnce()
    expect(two).toHaveBeenCalledOnce()
    expect(t).not.toHaveBeenCalled()
  })
  it('is silent in a field, with Ctrl, and when switched off', async () => {
    const n = vi.fn()
    page({ n })
    await userEvent.type(screen.getByLabelText('Field'), 'n')
    screen.getByLabelText('Field').blur()
    await userEvent.keyboard('{Control>}n{/Control}')
    useDisplay().wishes.shortcuts = false
    await userEvent.keyboard('n')
    expect(n).not.toHaveBeenCalled()
  })
})

function held(open: () => void, click: () => void) {
  const Held = defineComponent({
    setup() {
      const hold = useHold(open)
      return () => h('button', mergeProps(toHandlers(hold), { onClick: click }), 'Yes')
    },
  })
  render(Held)
  return screen.getByRole('button')
}

describe('useHold', () => {
  it('opens after half a second and swallows the click', async () => {
    vi.useFakeTimers()
    const open = vi.fn()
    const click = vi.fn()
    const button = held(open, click)
    await fireEvent.pointerDown(button, { button: 0 })
    vi.advanceTimersByTime(600)
    expect(open).toHaveBeenCalledOnce()
  })
  it('is a scroll when it moves', async () => {
    vi.useFakeTimers()
    const open = vi.fn()
    const button = held(open, () => {})
    await fireEvent.pointerDown(button, { button: 0, clientX: 0, clientY: 0 })
    await fireEvent.pointerMove(button, { clientX: 0, clientY: 30 })
    vi.advanceTimersByTime(600)
    expect(open).not.toHaveBeenCalled()
  })
  it('opens by right click and by Shift+Enter', async () => {
    const open = vi.fn()
    const button = held(open, () => {})
    await fireEvent.contextMenu(button)
    await fireEvent.keyDown(button, { key: 'Enter', shiftKey: true })
    expect(open).toHaveBeenCalledTimes(2)
  })
})

describe('useRepeat', () => {
  it('steps once for a press and on and on for a hold', async () => {
    vi.useFakeTimers()
    const act = vi.fn()
    render(defineComponent({ setup: () => () => h('button', toHandlers(useRepeat(act)), '+') }))
    const button = screen.getByRole('button')
    await fireEvent.pointerDown(button, { button: 0 })
    await fireEvent.click(button)
    expect(act).toHaveBeenCalledTimes(1)
    await fireEvent.pointerDown(button, { button: 0 })
    vi.advanceTimersByTime(400 + 125 * 3 + 10)
    await fireEvent.click(button)
    expect(act).toHaveBeenCalledTimes(5)
  })
})
