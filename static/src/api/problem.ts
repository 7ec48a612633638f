/** What went wrong, in one shape: every failed request becomes an ApiProblem. */
import type { FieldError, Problem, ProofMethod } from './types'

/** Needs a sign-in of the last minutes: http.ts asks for it, and this comes through when the person declines. */
const PROOF = '/problems/recent-sign-in'
/** Everybody here needs a second factor, and this person has none. */
const FACTOR = '/problems/second-factor-needed'
/** The password was right too long ago for a second step to follow. */
const AGAIN = '/problems/sign-in-again'

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
  /** By what the person can show that it is them, where that is asked again. */
  readonly methods: ProofMethod[]

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
    this.methods = problem.methods ?? []
  }

  get wantsProof(): boolean {
    return this.type.endsWith(PROOF)
  }
  get wantsFactor(): boolean {
    return this.type.endsWith(FACTOR)
  }
  get wantsPassword(): boolean {
    return this.type.endsWith(AGAIN)
  }

  /** The server was not reached at all (status 0), as opposed to having said no. */
  get unreachable(): boolean {
    return this.status === 0
  }
}

export function isProblem(error: unknown, ...status: number[]): error is ApiProblem {
  return error instanceof ApiProblem && (status.length === 0 || status.includes(error.status))
}

/**
 * One sentence for a person about any error: the field's own message when there is just one, and
 * nothing about what they stopped themselves.
 */
export function saying(error: unknown): string {
  if (!(error instanceof ApiProblem)) return 'That went wrong on our side. What you saved is safe.'
  if (error.wantsProof) return ''
  if (error.unreachable) return 'Not saved: the server did not answer.'
  const [first] = error.errors
  if (first && error.errors.length === 1) return first.message
  return error.detail || error.title || 'That went wrong on our side. What you saved is safe.'
}

/** A refusal that names no field, said of the one field there is; anything else as it was. */
export function atField(field: string, error: unknown): unknown {
  if (!isProblem(error, 400, 401, 422) || error.errors.length || error.wantsPassword) return error
  return new ApiProblem({ status: error.status, errors: [{ field, message: saying(error) }] })
}
