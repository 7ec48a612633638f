import userEvent from '@testing-library/user-event'
import { render, screen } from '@testing-library/vue'
import { beforeEach, expect, it, vi } from 'vitest'
import { nextTick } from 'vue'

import { useDisplay } from '@/stores/display'
import { useToasts } from '@/stores/toasts'

import AppDialog from './AppDialog.vue'
import ToastHost from './ToastHost.vue'

beforeEach(() => {
  document.body.innerHTML = '<button id="log">Log</button><button id="next">Next</button>'
  vi.useFakeTimers()
})
const user = () => userEvent.setup({ advanceTimers: (ms) => vi.advanceTimersByTime(ms) })
const button = (id: string) => document.getElementById(id)!
async function shown(undo = vi.fn()) {
  const toasts = useToasts()
  button('log').focus()
  toasts.show({ text: 'Water logged', spoken: 'Water, 1.5 l added.', undo })
  await nextTick()
  return { toasts, undo }
}

it('leaves after eight seconds, and is still undone by z', async () => {
  render(ToastHost)
  const { toasts, undo } = await shown()
  expect(screen.getByRole('status').textContent).toContain('Water, 1.5 l added.')
  await vi.advanceTimersByTimeAsync(8500)
  expect(screen.queryByText('Water logged')).toBeNull()
  expect(await toasts.undoLast()).toBe(true)
  expect(undo).toHaveBeenCalledOnce()
  expect(await toasts.undoLast()).toBe(false)
})

it('waits while the focus is on it', async () => {
  render(ToastHost)
  await shown()
  screen.getByRole('button', { name: 'Undo' }).focus()
  await vi.advanceTimersByTimeAsync(20_000)
  expect(screen.getByText('Water logged')).toBeTruthy()
})

it('stays when messages are kept', async () => {
  render(ToastHost)
  useDisplay().wishes.keepMessages = true
  await shown()
  await vi.advanceTimersByTimeAsync(20_000)
  expect(screen.getByText('Water logged')).toBeTruthy()
})

it('comes right after the pressed control in tab order', async () => {
  render(ToastHost)
  const { undo } = await shown()
  await user().tab()
  expect(document.activeElement?.textContent?.trim()).toBe('Undo')
  await user().keyboard('{Enter}')
  expect(undo).toHaveBeenCalledOnce()
  expect(document.activeElement).toBe(button('log'))
})

it('shows one message at a time and remembers ten', async () => {
  const toasts = useToasts()
  for (let at = 0; at < 12; at++) toasts.show({ text: `${at}`, undo: () => {} })
  expect(toasts.current?.text).toBe('11')
  expect(toasts.undoable).toBe(10)
})

it('stands inside an open dialog, where it can be reached, and stays when that closes', async () => {
  render(ToastHost)
  const dialog = render(AppDialog, { props: { title: 'Water' } })
  await shown()
  const box = screen.getByText('Water logged').closest('.toast-host')!
  expect(box.closest('dialog')).not.toBeNull()
  dialog.unmount()
  await nextTick()
  expect(box.parentElement).toBe(document.body)
  expect(screen.getByText('Water logged')).toBeTruthy()
})
