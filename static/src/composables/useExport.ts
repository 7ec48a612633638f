/** Taking out trackers as CSV: asked for, waited for, and handed over by the browser's own download. */
import { getJob, jobFileUrl, startExport } from '@/api/transfers'
import { saying } from '@/api/problem'
import type { Job } from '@/api/types'
import { useToasts } from '@/stores/toasts'

const LOOK_EVERY_MS = 800
const WAITS_MS = 30_000

export function useExport() {
  const toasts = useToasts()

  async function finished(job: Job): Promise<Job> {
    const ends = Date.now() + WAITS_MS
    while (['queued', 'running'].includes(job.state) && Date.now() < ends) {
      await new Promise((done) => setTimeout(done, LOOK_EVERY_MS))
      job = await getJob(job.id)
    }
    return job
  }
  function download(id: number): void {
    const link = document.createElement('a')
    link.href = jobFileUrl(id)
    link.download = ''
    link.click()
  }
  return async function take(tracker: { id: number; name: string }): Promise<void> {
    toasts.show({ text: `Writing ${tracker.name} as CSV.` })
    try {
      const job = await finished(await startExport([tracker.id]))
      if (job.state === 'done') {
        download(job.id)
        toasts.show({
          text: `${tracker.name} is in your downloads.`,
          actions: [{ label: 'Download again', run: () => download(job.id) }],
        })
      } else if (job.state === 'failed') {
        toasts.show({ text: job.error ?? `${tracker.name} could not be written as CSV.` })
      } else {
        toasts.show({
          text: `${tracker.name} takes longer. It will be under Data when it is ready.`,
        })
      }
    } catch (problem) {
      toasts.show({ text: saying(problem) })
    }
  }
}
