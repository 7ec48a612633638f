/** What went wrong, in one shape: every failed request becomes an ApiProblem. */
import type { FieldError, Problem } from './types'

export class ApiProblem extends Error {
  readonly status: number
  readonly type: string
  readonly title: string
  readonly detail: string
  readonly errors: FieldError[]
  /** Seconds the server asks us to wait, from Retry-After. */
  readonly retryAfter: number | null
  /** What to tell the operator: the log has it beside the cause. */
  readonly reference: string | null

  constructor(problem: Partial<Problem> & { status: number }, retryAfter: number | null = null) {
    super(problem.detail || problem.title || 'That went wrong on our side.')
    this.name = 'ApiProblem'
    this.status = problem.status
    this.type = problem.type ?? 'about:blank'
    this.title = problem.title ?? ''
    this.detail = problem.detail ?? ''
    this.errors = problem.errors ?? []
    this.retryAfter = retryAfter
    this.reference = problem.reference ?? null
  }

  /** The server was not reached at all (status 0), as opposed to having said no. */
  get unreachable(): boolean {
    return this.status === 0
  }
}

export function isProblem(error: unknown, ...status: number[]): error is ApiProblem {
  return error instanceof ApiProblem && (status.length === 0 || status.includes(error.status))
}

/** One sentence for a person about any error: the field's own message when there is just one. */
export function saying(error: unknown): string {
  if (!(error instanceof ApiProblem)) return 'That went wrong on our side. What you saved is safe.'
  if (error.unreachable) return 'Not saved: the server did not answer.'
  const [first] = error.errors
  if (first && error.errors.length === 1) return first.message
  return error.detail || error.title || 'That went wrong on our side. What you saved is safe.'
}
