import { render, screen } from '@testing-library/vue'
import userEvent from '@testing-library/user-event'
import { beforeEach, expect, it, vi } from 'vitest'

import * as api from '@/api/account'
import { ApiProblem } from '@/api/problem'
import type { About } from '@/api/types'
import { useTrouble } from '@/stores/trouble'

import TroubleView from './TroubleView.vue'

vi.mock('@/api/account')
const replace = vi.fn(async () => undefined)
vi.mock('vue-router', async (original) => ({
  ...(await original<typeof import('vue-router')>()),
  useRouter: () => ({ replace }),
}))
beforeEach(() => {
  replace.mockClear()
  delete document.documentElement.dataset.release
})
function show(error: unknown) {
  const trouble = useTrouble()
  trouble.fail(error, '/data')
  render(TroubleView, { props: { failure: trouble.failure! } })
  return trouble
}

it('says that it went wrong, with the number to tell', async () => {
  const trouble = show(new ApiProblem({ status: 500, reference: 'abc123' }))
  screen.getByRole('heading', { name: 'That went wrong on our side' })
  screen.getByText(/What you saved is safe\..*Reference abc123\./)
  await userEvent.click(screen.getByRole('button', { name: 'Try again' }))
  expect(replace).toHaveBeenCalledWith({ path: '/data', force: true })
  expect(trouble.failure).toBeNull()
})
it('tells a silent server from a fault', () => {
  show(new ApiProblem({ status: 0 }))
  screen.getByRole('heading', { name: 'The server did not answer' })
})
it('offers to reload when the code of a page is gone', () => {
  show(new TypeError('Failed to fetch dynamically imported module'))
  screen.getByRole('heading', { name: 'Tend was updated' })
  screen.getByRole('button', { name: 'Reload' })
})
it('tells a missing network from a fault when the styles of a page do not come', () => {
  vi.spyOn(navigator, 'onLine', 'get').mockReturnValue(false)
  show(new Error('Unable to preload CSS for /assets/TrackersView.css'))
  screen.getByRole('heading', { name: 'The server did not answer' })
  vi.restoreAllMocks()
})
it('hears of a new release now and then', async () => {
  vi.useFakeTimers()
  document.documentElement.dataset.release = '0.1.0'
  vi.mocked(api.getAbout).mockResolvedValue({ release: '0.2.0' } as About)
  const trouble = useTrouble()
  await trouble.lookForUpdate()
  expect(api.getAbout).not.toHaveBeenCalled()
  vi.advanceTimersByTime(6 * 60_000)
  await trouble.lookForUpdate()
  expect(trouble.updated).toBe(true)
})
