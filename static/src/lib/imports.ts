/** What an import did, in sentences: pure. */
import type { ImportResult, Job } from '@/api/types'

import { plural } from './format'
import { phaseOf, resultOf } from './jobs'

export const broughtIn = (result: ImportResult | null) => result?.written ?? result?.counts.new ?? 0
/** "812 entries brought in." and the other ends an import can have. */
export function headline(job: Job, language: string): string {
  const result = resultOf(job)
  const phase = phaseOf(job)
  if (phase === 'failed') return 'This file was not brought in.'
  if (phase === 'stopped') return 'Stopped. Nothing of this file was kept.'
  const back = result?.undo?.removed ?? broughtIn(result)
  if (phase === 'undone') return `${plural(back, 'entry', 'entries', language)} taken back.`
  return `${plural(broughtIn(result), 'entry', 'entries', language)} brought in.`
}
/** What more there is to say: one sentence each. */
export function details(job: Job, language: string): string[] {
  const result = resultOf(job)
  if (!result || (job.state !== 'done' && job.state !== 'undone')) return []
  const said: string[] = []
  const say = (count: number | undefined, one: string, many: string, rest: string) => {
    if (count) said.push(`${plural(count, one, many, language)} ${rest}`)
  }
  if (job.state === 'undone') {
    say(result.undo?.restored, 'value', 'values', 'of yours put back.')
    say(result.undo?.kept, 'entry', 'entries', 'left as you changed it since.')
    return said
  }
  say(result.counts.same, 'line', 'lines', 'were here already.')
  say(result.counts.bad, 'line', 'lines', 'left out.')
  return said.map((text) => text.replace(/^1 line were/, '1 line was'))
}
/** One line for the history. */
export function stateWords(job: Job, language: string): string {
  switch (phaseOf(job)) {
    case 'reading':
      return 'Being read'
    case 'look':
      return 'Read, and waiting for you'
    case 'working':
      return 'Being brought in'
    case 'undoing':
      return 'Being taken back'
    case 'failed':
      return job.error ?? headline(job, language)
    case 'stopped':
      return 'Stopped, nothing kept'
    default:
      return headline(job, language).replace(/\.$/, '')
  }
}
