import userEvent from '@testing-library/user-event'
import { screen, waitFor } from '@testing-library/vue'
import { createPinia, setActivePinia } from 'pinia'
import { describe, expect, it } from 'vitest'

import { readDrafts } from '@/lib/drafts'
import { useAccount } from '@/stores/account'
import { DAYS, makeItem, makeLog, makeToday } from '@/testing/make'
import { renderPage } from '@/testing/page'
import { problem, serve, type Asked } from '@/testing/server'

import TodayView from './TodayView.vue'

const water = () =>
  makeItem('numerical', { id: 3, name: 'Water', unit: 'l', usual: 1.5, step_used: 0.5 })
const walk = () => makeItem('time_duration', { id: 6, name: 'Walk' })

describe('Today', () => {
  it('counts what is logged, and says so when it is all', async () => {
    const item = water()
    serve({
      'GET today': makeToday([item]),
      'POST trackers/3/logs': ({ body }: Asked) => makeLog(item, (body as { value: number }).value),
    })
    await renderPage(TodayView, '/today')
    await waitFor(() => expect(screen.getByText('0 of 1 logged')).toBeTruthy())
    await userEvent.click(screen.getByRole('button', { name: /^Log 1\.5/ }))
    expect(screen.getByText('It is logged. That is the day.')).toBeTruthy()
  })

  it('turns to another day by the strip and by its key', async () => {
    serve({
      'GET today': makeToday([water()]),
      [`GET today?day=${DAYS[5]}`]: makeToday([water()], { day: DAYS[5] }),
      [`GET today?day=${DAYS[4]}`]: makeToday([water()], { day: DAYS[4] }),
    })
    const { router } = await renderPage(TodayView, '/today', '/today')
    await waitFor(() => screen.getByText('0 of 1 logged'))
    const strip = screen.getByRole('group', { name: 'Day' })
    await userEvent.click(strip.querySelectorAll('button')[5]!)
    await waitFor(() => expect(screen.getByText(/You are filling in Friday/)).toBeTruthy())
    await userEvent.keyboard('[[')
    await waitFor(() => expect(router.currentRoute.value.query.day).toBe(DAYS[4]))
    await waitFor(() => screen.getByText(/You are filling in Thursday/))
    await userEvent.click(screen.getByRole('button', { name: 'Back to today' }))
    await waitFor(() => expect(router.currentRoute.value.query.day).toBeUndefined())
  })

  it('goes row by row with j and k', async () => {
    serve({ 'GET today': makeToday([water(), walk()]) })
    await renderPage(TodayView, '/today')
    await waitFor(() => screen.getByText('0 of 2 logged'))
    await userEvent.keyboard('jj')
    expect(document.activeElement?.id).toBe('row-6')
    await userEvent.keyboard('k')
    expect(document.activeElement?.id).toBe('row-3')
  })

  it('opens the entry of the row that has the focus with a', async () => {
    serve({ 'GET today': makeToday([water(), walk()]) })
    await renderPage(TodayView, '/today')
    await waitFor(() => screen.getByText('0 of 2 logged'))
    await userEvent.keyboard('jja')
    await waitFor(() => expect(document.querySelector('dialog')).not.toBeNull())
    expect(document.querySelector('dialog')?.textContent).toContain('Walk')
  })

  it('keeps a note that waits for its entry through a reload, for its writer alone', async () => {
    serve({ 'GET today': makeToday([water()]) })
    const first = await renderPage(TodayView, '/today')
    await waitFor(() => screen.getByText('0 of 1 logged'))
    await userEvent.keyboard('je')
    await userEvent.type(screen.getByLabelText('Note for Water'), 'Hot day{Enter}')
    await screen.findByText('“Hot day”')
    first.unmount()
    setActivePinia(createPinia())
    await renderPage(TodayView, '/today')
    expect(await screen.findByText('“Hot day”')).toBeTruthy()
    expect(readDrafts(useAccount().account!.id + 1)).toEqual({})
  })

  it('starts with five things to press', async () => {
    let made = false
    const { of } = serve({
      'GET today': () => makeToday(made ? [water()] : []),
      'POST trackers': () => ((made = true), water()),
    })
    await renderPage(TodayView, '/today')
    await userEvent.click(await screen.findByRole('button', { name: /^Water/ }))
    expect(of('POST')[0]!.body).toEqual({ name: 'Water', kind: 'numerical', unit: 'l' })
    await waitFor(() => expect(document.activeElement?.id).toBe('row-3'))
  })

  it('says what failed and tries again', async () => {
    let failing = true
    serve({ 'GET today': () => (failing ? problem(500, 'Broken.') : makeToday([water()])) })
    await renderPage(TodayView, '/today')
    await screen.findByText(/This day could not be shown/)
    failing = false
    await userEvent.click(screen.getByRole('button', { name: 'Try again' }))
    await waitFor(() => screen.getByText('0 of 1 logged'))
  })

  it('opens a day of a number with its entries, and logs one more there', async () => {
    const item = water()
    item.last_days[0] = { day: DAYS[0]!, count: 1, value: 1.8 }
    const then = { local_day: DAYS[0]!, logged_at: `${DAYS[0]}T21:10:00+01:00` }
    const { of } = serve({
      'GET today': makeToday([item]),
      [`GET trackers/3/logs?from=${DAYS[0]}&to=${DAYS[0]}&limit=200`]: {
        items: [makeLog(item, 1.8, then)],
        next: null,
      },
      'POST trackers/3/logs': () => makeLog(item, 2, then),
    })
    await renderPage(TodayView, '/today')
    await userEvent.click(await screen.findByRole('button', { name: /^Water, Sunday/ }))
    await userEvent.click(await screen.findByRole('button', { name: 'Add another' }))
    const value = screen.getByRole('textbox', { name: 'Water, l' })
    const inForm = document.querySelector<HTMLInputElement>('form [data-field=value]')!
    expect(document.activeElement).toBe(inForm)
    expect(value).toBeTruthy()
    await userEvent.clear(inForm)
    await userEvent.type(inForm, 'many{Enter}')
    expect(screen.getByText('Write a number, for example 1.5.')).toBeTruthy()
    await userEvent.clear(inForm)
    await userEvent.type(inForm, '2{Enter}')
    await waitFor(() => expect(of('POST')[0]?.body).toMatchObject({ value: 2, logged_at: DAYS[0] }))
    await waitFor(() => expect(document.querySelector('dialog')).toBeNull())
  })
})
