/** What an import did, in sentences: pure. */
import type { ImportResult, Job } from '@/api/types'

import { plural } from './format'
import { phaseOf, resultOf } from './jobs'

type Late = 'added' | 'replaced' | 'removed' | 'restored' | 'kept_edited'

/** A count that the server gives once the work is done; null before. */
export function counted(result: ImportResult | null, name: Late): number | null {
  const value = (result as unknown as Record<string, unknown> | null)?.[name]
  return typeof value === 'number' ? value : null
}
export function broughtIn(result: ImportResult | null): number {
  const added = counted(result, 'added')
  if (added === null) return result?.counts.new ?? 0
  return added + (counted(result, 'replaced') ?? 0)
}
/** "812 entries brought in." and the other ends an import can have. */
export function headline(job: Job, language: string): string {
  const result = resultOf(job)
  const phase = phaseOf(job)
  if (phase === 'failed') return 'This file was not brought in.'
  if (phase === 'stopped') return 'Stopped. Nothing of this file was kept.'
  const back = counted(result, 'removed') ?? broughtIn(result)
  if (phase === 'undone') return `${plural(back, 'entry', 'entries', language)} taken back.`
  return `${plural(broughtIn(result), 'entry', 'entries', language)} brought in.`
}
/** What more there is to say: one sentence each. */
export function details(job: Job, language: string): string[] {
  const result = resultOf(job)
  if (!result || (job.state !== 'done' && job.state !== 'undone')) return []
  const said: string[] = []
  const say = (count: number | null, one: string, many: string, rest: string) => {
    if (count) said.push(`${plural(count, one, many, language)} ${rest}`)
  }
  if (job.state === 'undone') {
    say(counted(result, 'restored'), 'value', 'values', 'of yours put back.')
    say(counted(result, 'kept_edited'), 'entry', 'entries', 'left as you changed it since.')
    return said
  }
  say(counted(result, 'replaced'), 'value', 'values', 'of yours replaced by the file’s.')
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
