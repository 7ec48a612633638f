import { beforeEach, describe, expect, it, vi } from 'vitest'

import * as api from '@/api/transfers'
import type { Job, JobState } from '@/api/types'
import { useToasts } from '@/stores/toasts'

import { useExport } from './useExport'

const job = (state: JobState, error: string | null = null) =>
  ({ id: 8, kind: 'export', state, error }) as Job
const WATER = { id: 3, name: 'Water' }

describe('taking out a tracker', () => {
  beforeEach(() => {
    vi.useFakeTimers()
  })
  async function run(): Promise<string | undefined> {
    const done = useExport()(WATER)
    await vi.advanceTimersByTimeAsync(40_000)
    await done
    return useToasts().current?.text
  }

  it('waits for the file and hands it over', async () => {
    const click = vi.spyOn(HTMLAnchorElement.prototype, 'click').mockImplementation(() => {})
    const start = vi.spyOn(api, 'startExport').mockResolvedValue(job('queued'))
    vi.spyOn(api, 'getJob').mockResolvedValueOnce(job('running')).mockResolvedValue(job('done'))
    expect(await run()).toBe('Water is in your downloads.')
    expect(start).toHaveBeenCalledWith([3])
    expect(click).toHaveBeenCalledOnce()
  })
  it('says why it failed', async () => {
    vi.spyOn(api, 'startExport').mockResolvedValue(job('failed', 'The disk is full.'))
    expect(await run()).toBe('The disk is full.')
  })
  it('says where to find it when it takes long', async () => {
    vi.spyOn(api, 'startExport').mockResolvedValue(job('queued'))
    vi.spyOn(api, 'getJob').mockResolvedValue(job('queued'))
    expect(await run()).toBe('Water takes longer. It will be under Data when it is ready.')
  })
})
