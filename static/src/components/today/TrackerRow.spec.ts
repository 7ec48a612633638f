import userEvent from '@testing-library/user-event'
import { render, screen, waitFor } from '@testing-library/vue'
import { describe, expect, it, vi } from 'vitest'
import { createMemoryHistory, createRouter } from 'vue-router'

import type { TodayItem } from '@/api/types'
import { afterFrame } from '@/lib/frame'
import { useToasts } from '@/stores/toasts'
import { useToday } from '@/stores/today'
import { signIn } from '@/testing/account'
import { DAYS, makeItem, makeLog, makeToday, MOODS, TODAY } from '@/testing/make'
import { problem, serve, type Asked } from '@/testing/server'

import TrackerRow from './TrackerRow.vue'

const router = createRouter({
  history: createMemoryHistory(),
  routes: [{ path: '/:rest(.*)*', component: { render: () => null } }],
})
type Table = Parameters<typeof serve>[0]

function show(item: TodayItem, table: Table = {}, day = TODAY) {
  const saved = ({ body }: Asked) =>
    makeLog(item, (body as { value: number }).value, { id: 500, local_day: day })
  const server = serve({ [`POST trackers/${item.id}/logs`]: saved, ...table })
  signIn()
  const today = useToday()
  today.page = makeToday([item], { day })
  const row = today.items[0]!
  const shown = render(TrackerRow, {
    props: { item: row, day, past: day !== TODAY },
    global: { plugins: [router] },
  })
  return { ...server, ...shown, row, today }
}
const press = (name: string | RegExp) => userEvent.click(screen.getByRole('button', { name }))

describe('one press logs', () => {
  it('yes or no', async () => {
    const { of, row } = show(makeItem('boolean', { name: 'Medication' }))
    await press('Yes')
    expect(of('POST')[0]!.body).toEqual({ value: true })
    expect(row.last_days.at(-1)).toMatchObject({ count: 1, value: true })
    expect(screen.getByRole('button', { name: 'Yes', pressed: true })).toBeTruthy()
    expect(useToasts().current?.spoken).toBe('Medication, Yes, logged for today. Undo available.')
  })
  it('is seen before it is sent and before its message is drawn', async () => {
    let drawn = () => {}
    vi.mocked(afterFrame).mockReturnValue(new Promise((go) => (drawn = go)))
    const { of, today } = show(makeItem('boolean'))
    await press('Yes')
    expect(screen.getByRole('button', { name: 'Yes', pressed: true })).toBeTruthy()
    expect(today.pending).toBe(1)
    expect(of('POST')).toHaveLength(0)
    expect(useToasts().current).toBeNull()
    drawn()
    await waitFor(() => expect(of('POST')).toHaveLength(1))
    expect(useToasts().current?.text).toContain('logged: Yes')
  })
  it('a choice, by its id', async () => {
    const { of } = show(makeItem('multiple_choice', { choices: MOODS }))
    await press('Good')
    expect(of('POST')[0]!.body).toEqual({ value: 41 })
  })
  it('the usual number', async () => {
    const { of } = show(makeItem('numerical', { unit: 'l', usual: 1.5 }))
    await press(/^Log 1\.5/)
    expect(of('POST')[0]!.body).toEqual({ value: 1.5 })
    await press('More Water')
    expect(screen.getByRole('button', { name: /^Add 2/ })).toBeTruthy()
  })
  it('the start of a timer', async () => {
    const started_at = '2026-11-21T19:12:00+01:00'
    const { of, row } = show(makeItem('time_duration'), {
      'POST trackers/7/timer': { tracker_id: 7, started_at },
    })
    await press('Start')
    await waitFor(() => expect(row.timer_started_at).toBe(started_at))
    expect(of('POST')[0]!.path).toBe('trackers/7/timer')
  })
})

describe('pressing again', () => {
  it('changes Yes to No, and a second No takes it back', async () => {
    const item = makeItem('boolean')
    item.entries = [makeLog(item, true, { id: 9 })]
    const { of, row } = show(item, {
      'PATCH logs/9': makeLog(item, false, { id: 9, version: 2 }),
      'DELETE logs/9': null,
    })
    await press('No')
    expect(of('PATCH')[0]!.headers.get('If-Match')).toBe('"1"')
    await press('No')
    await waitFor(() => expect(of('DELETE')).toHaveLength(1))
    expect(row.entries).toHaveLength(0)
    expect(useToasts().current?.text).toBe('Entry removed.')
  })
  it('adds a second choice and offers to replace the first', async () => {
    const item = makeItem('multiple_choice', { choices: MOODS })
    item.entries = [makeLog(item, 'Good')]
    const { row } = show(item)
    await press('Calm')
    expect(row.entries.map((entry) => entry.value)).toContain('Good')
    expect(useToasts().current?.actions.map((action) => action.label)).toEqual(['Replace', 'Undo'])
  })
  it('undoes by deleting what was logged', async () => {
    const { of, row } = show(makeItem('boolean'), { 'DELETE logs/500': null })
    await press('Yes')
    await useToasts().undoLast()
    await waitFor(() => expect(of('DELETE')[0]?.path).toBe('logs/500'))
    expect(row.entries).toHaveLength(0)
  })
})

describe('when the server says no', () => {
  it('puts the old state back and says why in the row', async () => {
    const { row } = show(makeItem('boolean'), {
      'POST trackers/7/logs': problem(422, 'Not today.'),
    })
    await press('Yes')
    await waitFor(() => expect(screen.getByText('Not today.')).toBeTruthy())
    expect(row.entries).toHaveLength(0)
    expect(row.last_days.at(-1)).toMatchObject({ count: 0, value: null })
    expect(useToasts().current).toBeNull()
  })
  it('tries again with the same key', async () => {
    const item = makeItem('boolean')
    let failing = true
    const { of } = show(item, {
      'POST trackers/7/logs': () => (failing ? problem(500) : makeLog(item, true)),
    })
    await press('Yes')
    await waitFor(() => screen.getByRole('button', { name: 'Try again' }))
    failing = false
    await press('Try again')
    const keys = of('POST').map((call) => call.headers.get('Idempotency-Key'))
    expect(keys).toHaveLength(2)
    expect(keys[0]).toBe(keys[1])
  })
  it('shows what was changed elsewhere and offers ours', async () => {
    const item = makeItem('boolean')
    item.entries = [makeLog(item, true, { id: 9, note: 'before' })]
    const { row } = show(item, {
      'PATCH logs/9': problem(412),
      'GET logs/9': makeLog(item, true, { id: 9, version: 4, note: 'theirs' }),
    })
    await press('No')
    await waitFor(() =>
      expect(screen.getByText(/Changed elsewhere: Yes now. Yours was No/)).toBeTruthy(),
    )
    expect(row.entries[0]).toMatchObject({ version: 4, note: 'theirs' })
    expect(screen.getByRole('button', { name: 'Use mine' })).toBeTruthy()
  })
})

describe('cells', () => {
  it('go round for yes or no, and put a past day at its date', async () => {
    const { of } = show(makeItem('boolean', { name: 'Stretching' }))
    await press('Stretching, Tuesday November 17, no entry')
    expect(of('POST')[0]!.body).toEqual({ value: true, logged_at: DAYS[2] })
  })
  it('open the day for a number', async () => {
    const { emitted } = show(makeItem('numerical'))
    await press(/^Water, Tuesday/)
    expect(emitted().details).toEqual([[DAYS[2]]])
  })
})

describe('keys of the focused row', () => {
  it('answer, choose and step', async () => {
    const item = makeItem('multiple_choice', { choices: MOODS })
    const { of, container } = show(item, {
      'PATCH logs/500': ({ body }: Asked) =>
        makeLog(item, 'Flat', { id: 500, ...(body as object) }),
    })
    container.querySelector<HTMLElement>('.row-t')!.focus()
    await userEvent.keyboard('3')
    expect(of('POST')[0]!.body).toEqual({ value: 42 })
    await userEvent.keyboard('e')
    await waitFor(() => expect(document.activeElement?.tagName).toBe('TEXTAREA'))
    await userEvent.keyboard('Along the canal{Enter}')
    await waitFor(() => expect(screen.getByText('“Along the canal”')).toBeTruthy())
  })
})

describe('a viewer', () => {
  it('sees the row without its controls', () => {
    show(makeItem('boolean', { role: 'viewer', owner: 'jonas' }))
    expect(screen.getByText('jonas shares this with you to look at.')).toBeTruthy()
    expect(screen.queryByRole('button', { name: 'Yes' })).toBeNull()
  })
})

describe('a day gone by', () => {
  it('offers the typed time alone, in minutes', async () => {
    const { of } = show(makeItem('time_duration', { usual: 2400 }), {}, DAYS[4])
    expect(screen.queryByRole('button', { name: 'Start' })).toBeNull()
    const field = screen.getByRole('textbox', { name: 'Water, how long' })
    await userEvent.clear(field)
    await userEvent.type(field, '1h30{Enter}')
    expect(of('POST')[0]!.body).toEqual({ value: 5400, logged_at: DAYS[4] })
  })
  it('says what is wrong with a time that is none', async () => {
    const { of } = show(makeItem('time_duration'), {}, DAYS[4])
    await userEvent.type(screen.getByRole('textbox'), 'soon{Enter}')
    expect(screen.getByText('Write a time, for example 40 min or 1:30.')).toBeTruthy()
    expect(of('POST')).toHaveLength(0)
  })
})
