import userEvent from '@testing-library/user-event'
import { fireEvent, render, screen } from '@testing-library/vue'
import { describe, expect, it, vi } from 'vitest'
import { defineComponent, h, nextTick } from 'vue'
import { createMemoryHistory, createRouter } from 'vue-router'

import { ApiProblem } from '@/api/problem'

import AppButton from './AppButton.vue'
import AppDialog from './AppDialog.vue'
import ErrorSummary from './ErrorSummary.vue'
import FormField from './FormField.vue'
import LoadState from './LoadState.vue'
import MenuButton from './MenuButton.vue'
import PasswordField from './PasswordField.vue'
import SegmentPicker from './SegmentPicker.vue'

const router = createRouter({
  history: createMemoryHistory(),
  routes: [{ path: '/:rest(.*)*', component: { render: () => null } }],
})
const global = { plugins: [router] }

describe('AppButton', () => {
  it('stays in reach but does nothing while busy', async () => {
    const { emitted, rerender } = render(AppButton, {
      props: { busy: true },
      slots: { default: 'Save' },
    })
    await userEvent.click(screen.getByRole('button', { name: 'Save' }))
    expect(emitted().click).toBeUndefined()
    await rerender({ busy: false })
    await userEvent.click(screen.getByRole('button'))
    expect(emitted().click).toHaveLength(1)
  })
})

describe('FormField', () => {
  it('ties label, hint and error to the field', () => {
    render(FormField, {
      props: {
        label: 'E-mail',
        name: 'email',
        hint: 'Yours',
        error: 'Not an address.',
        modelValue: '',
      },
    })
    const input = screen.getByLabelText('E-mail')
    expect(input.getAttribute('aria-invalid')).toBe('true')
    const described = input.getAttribute('aria-describedby')!.split(' ')
    const words = described.map((id) => document.getElementById(id)!.textContent)
    expect(words).toEqual(['Error:Not an address.', 'Yours'])
  })
})

describe('PasswordField', () => {
  it('shows the password when asked', async () => {
    render(PasswordField, {
      props: {
        label: 'Password',
        name: 'password',
        autocomplete: 'current-password',
        modelValue: 'x',
      },
    })
    const input = screen.getByLabelText('Password')
    expect(input.getAttribute('type')).toBe('password')
    await userEvent.click(screen.getByRole('button', { name: 'Show the password' }))
    expect(input.getAttribute('type')).toBe('text')
  })
})

describe('ErrorSummary', () => {
  it('is silent for one error that stands at its field', () => {
    render(ErrorSummary, { props: { errors: [{ field: 'name', message: 'Give it a name.' }] } })
    expect(screen.queryByRole('alert')).toBeNull()
  })
  it('counts and leads to the fields', async () => {
    render(
      defineComponent({
        setup: () => () =>
          h('form', [
            h(ErrorSummary, {
              errors: [
                { field: 'name', message: 'Give it a name.' },
                { field: 'unit', message: 'Too long.' },
              ],
            }),
            h('input', { 'data-field': 'unit' }),
          ]),
      }),
    )
    expect(screen.getByRole('alert').textContent).toContain('Two things to look at')
    await userEvent.click(screen.getByText('Too long.'))
    expect(document.activeElement?.getAttribute('data-field')).toBe('unit')
  })
})

describe('MenuButton', () => {
  const remove = vi.fn()
  const items = [
    { label: 'Delete', danger: true, run: remove },
    { label: 'Edit', to: '/trackers/1/edit' },
    { label: 'Archive', run: () => {} },
  ]
  it('puts what deletes last, moves by arrows and gives the focus back', async () => {
    render(MenuButton, { props: { label: 'More for Water', items }, global })
    const button = screen.getByRole('button', { name: 'More for Water' })
    await userEvent.click(button)
    await nextTick()
    const names = screen.getAllByRole('menuitem', { hidden: true }).map((item) => item.textContent)
    expect(names).toEqual(['Edit', 'Archive', 'Delete'])
    expect(document.activeElement?.textContent).toBe('Edit')
    await userEvent.keyboard('{ArrowUp}')
    expect(document.activeElement?.textContent).toBe('Delete')
    await userEvent.keyboard('{Enter}')
    expect(remove).toHaveBeenCalledOnce()
    expect(document.activeElement).toBe(button)
  })
  it('closes on Esc', async () => {
    render(MenuButton, { props: { label: 'More', items }, global })
    await userEvent.click(screen.getByRole('button'))
    await userEvent.keyboard('{Escape}')
    expect(screen.queryByRole('menu', { hidden: true })).toBeNull()
  })
})

describe('AppDialog', () => {
  it('focuses its first field, asks to close, and returns the focus', async () => {
    const opener = document.body.appendChild(document.createElement('button'))
    opener.focus()
    const { emitted, unmount } = render(AppDialog, {
      props: { title: 'Keys' },
      slots: { default: '<input aria-label="Name" />' },
    })
    await nextTick()
    await nextTick()
    expect(document.activeElement).toBe(screen.getByLabelText('Name'))
    await userEvent.click(screen.getByRole('button', { name: 'Close' }))
    expect(emitted().close).toHaveLength(1)
    unmount()
    expect(document.activeElement).toBe(opener)
    opener.remove()
  })
})

describe('SegmentPicker', () => {
  it('says which is picked', async () => {
    const options = [
      { value: 'chart', label: 'Chart' },
      { value: 'table', label: 'Table' },
    ]
    const { emitted } = render(SegmentPicker, {
      props: { options, label: 'View', modelValue: 'chart' },
    })
    expect(screen.getByRole('button', { name: 'Chart', pressed: true })).toBeTruthy()
    await userEvent.click(screen.getByRole('button', { name: 'Table' }))
    expect(emitted()['update:modelValue']).toEqual([['table']])
  })
})

describe('LoadState', () => {
  const slots = { default: 'The days', loading: 'Skeletons' }
  it('shows nothing at first, then skeletons, then a word', async () => {
    vi.useFakeTimers()
    render(LoadState, { props: { loading: true, error: null, ready: false }, slots })
    expect(screen.queryByText('Skeletons')).toBeNull()
    await vi.advanceTimersByTimeAsync(250)
    expect(screen.getByText('Skeletons')).toBeTruthy()
    await vi.advanceTimersByTimeAsync(8000)
    expect(screen.getByText('This takes longer than usual.')).toBeTruthy()
  })
  it('says from when it is while there is no network', async () => {
    const props = { loading: false, error: new ApiProblem({ status: 0 }), ready: true }
    const { emitted } = render(LoadState, { props: { ...props, at: Date.now() }, slots })
    dispatchEvent(new Event('offline'))
    await nextTick()
    expect(screen.getByText(/^As of \d/)).toBeTruthy()
    expect(screen.queryByRole('alert')).toBeNull()
    dispatchEvent(new Event('online'))
    await nextTick()
    expect(screen.queryByText(/^As of/)).toBeNull()
    expect(emitted().retry).toHaveLength(1)
  })
  it('keeps what was loaded when loading again fails', async () => {
    const error = new ApiProblem({ status: 0 })
    const { emitted } = render(LoadState, {
      props: { loading: false, error, ready: true, what: 'Days' },
      slots,
    })
    expect(screen.getByRole('alert').textContent).toContain(
      'Days could not be shown. The server did not answer.',
    )
    expect(screen.getByText('The days')).toBeTruthy()
    await fireEvent.click(screen.getByRole('button', { name: 'Try again' }))
    expect(emitted().retry).toHaveLength(1)
  })
})
