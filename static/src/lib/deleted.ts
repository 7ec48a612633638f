/** What was deleted, of every sort, in one list: pure. */
import type { DeletedThing, Report } from '@/api/types'

/** All is kept for as long as anything else, so what goes last was deleted last. */
export function inTrash(things: DeletedThing[], reports: Report[]): DeletedThing[] {
  const written = reports.map(({ id, title: name, gone_at }) => ({
    type: 'report' as const,
    id,
    name,
    gone_at: gone_at!,
  }))
  return [...things, ...written].sort((a, b) => Date.parse(b.gone_at) - Date.parse(a.gone_at))
}
/** What goes for good with it. */
export const GOES = {
  tracker: ' and every entry in it',
  log: ': this entry',
  report: '',
}
