/** Mailing a report, and deleting it with a way back. */
import { deleteReport, mailReport, restoreReport } from '@/api/reports'
import { saying } from '@/api/problem'
import type { Report } from '@/api/types'
import { useAccount } from '@/stores/account'

import { useUndo } from './useUndo'

export function useReportActs() {
  const account = useAccount()
  const { offer, tell } = useUndo()

  async function mail(report: Pick<Report, 'id' | 'title'>): Promise<void> {
    try {
      const delivery = await mailReport(report.id)
      tell(
        account.account?.mail === 'folder'
          ? `${report.title} goes to the server’s data folder as a file, as mail is not set up here.`
          : `${report.title} is on its way to ${delivery.to}.`,
      )
    } catch (problem) {
      tell(saying(problem))
    }
  }
  /** True when it is gone; `back` is told once it was put back. */
  async function remove(report: Report, back: () => unknown): Promise<boolean> {
    try {
      await deleteReport(report.id)
    } catch (problem) {
      tell(saying(problem))
      return false
    }
    offer({
      text: `${report.title} removed.`,
      undo: async () => {
        await restoreReport(report.id)
        await back()
      },
    })
    return true
  }
  return { mail, remove }
}
