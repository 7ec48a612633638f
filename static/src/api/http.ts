/** The only caller of fetch (but early.ts): cookies, CSRF, problems, repeats and waiting live here. */
import { dropEarly, takeEarly } from './early'
import { ApiProblem } from './problem'
import type { Problem, ProofMethod } from './types'

const BASE = '/api/v1/'
const TRIES = 3
const DEADLINE_MS = 10_000
const PAUSES_MS = [600, 1800]
const UNSAFE = new Set(['POST', 'PUT', 'PATCH', 'DELETE'])

export type Query = Record<string, string | number | boolean | null | undefined>
export interface Request {
  method?: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  body?: unknown
  query?: Query
  /** The row's version: sent as If-Match so that a lost race is 412. */
  version?: number
  /** One key per act, so that a repeat of it is harmless. */
  key?: string
  /** Called when the server asks to slow down; with it, the request waits and goes on by itself. */
  onWait?: (seconds: number) => void
  signal?: AbortSignal
  /** How long the answer may take, when that is longer than the usual ten seconds. */
  patience?: number
  /** A 401 here is an answer to show, not a lost session (signing in, the first look at the account). */
  open?: boolean
}

type Prove = (methods: ProofMethod[]) => Promise<boolean>

let signedOut: () => void = () => {}
let factorNeeded: () => void = () => {}
let prove: Prove = () => Promise.resolve(false)
let proving: Promise<boolean> | null = null
let skew = 0

/** Who is told when the session has ended; set once by the app. */
export function onSignedOut(tell: () => void): void {
  signedOut = tell
}
/** Who is told that everybody here needs a second factor and this person has none; set once by the app. */
export function onFactorNeeded(tell: () => void): void {
  factorNeeded = tell
}
/** Who asks a person to show once more that it is them; set once by the app. False: they would rather not. */
export function onProofWanted(ask: Prove): void {
  prove = ask
}
/** The server's idea of now, so that a running timer is right on a device whose clock is not. */
export function serverNow(): number {
  return Date.now() + skew
}
/** getRandomValues, not randomUUID: the page must also work over plain http on a home network. */
export function newKey(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) =>
    byte.toString(16).padStart(2, '0'),
  ).join('')
}
export function urlOf(path: string, query: Query = {}): string {
  const search = new URLSearchParams()
  for (const [name, value] of Object.entries(query)) {
    if (value !== null && value !== undefined && value !== '') search.set(name, String(value))
  }
  const text = search.toString()
  return BASE + path + (text ? `?${text}` : '')
}

export async function request<T>(path: string, options: Request = {}): Promise<T> {
  const patience = options.patience ?? DEADLINE_MS
  let ends = Date.now() + patience
  let csrfAsked = false
  let proofAsked = false
  for (let attempt = 1; ; attempt++) {
    try {
      return await once<T>(path, options, ends - Date.now())
    } catch (error) {
      if (!(error instanceof ApiProblem)) throw error
      if (error.type.endsWith('/problems/csrf') && !csrfAsked) {
        csrfAsked = true
        await freshToken()
        continue
      }
      if (error.wantsProof && !proofAsked) {
        proofAsked = true
        if (!(await proven(error.methods))) throw error
        ends = Date.now() + patience
        continue
      }
      if (error.status === 429 && options.onWait && error.retryAfter !== null && attempt < TRIES) {
        options.onWait(error.retryAfter)
        await pause(error.retryAfter * 1000)
        continue
      }
      const wait = PAUSES_MS[attempt - 1] ?? 0
      if (attempt >= TRIES || !repeatable(options, error) || Date.now() + wait > ends) throw error
      await pause(wait)
    }
  }
}

/** Two acts that want it at once are answered by one dialog. */
function proven(methods: ProofMethod[]): Promise<boolean> {
  proving ??= prove(methods).finally(() => (proving = null))
  return proving
}

function repeatable(options: Request, error: ApiProblem): boolean {
  const method = options.method ?? 'GET'
  const harmless = method !== 'POST' || options.key !== undefined
  return harmless && (error.unreachable || [502, 503, 504].includes(error.status))
}

async function once<T>(path: string, options: Request, left: number): Promise<T> {
  const method = options.method ?? 'GET'
  if (UNSAFE.has(method)) dropEarly()
  if (UNSAFE.has(method) && !cookie('XSRF-TOKEN')) await freshToken()
  const response = await reach(urlOf(path, options.query), {
    method,
    headers: headersOf(method, options),
    body: bodyOf(options.body),
    credentials: 'same-origin',
    signal: deadline(Math.max(left, 1000), options),
  })
  noteClock(response)
  if (response.status === 401) dropEarly()
  if (response.ok) return (await read(response)) as T
  if (response.status === 401 && !options.open) signedOut()
  const problem = await problemOf(response)
  if (problem.wantsFactor) factorNeeded()
  throw problem
}

/** Uploads may take as long as they need; everything else is given up at the deadline. */
function deadline(left: number, options: Request): AbortSignal | undefined {
  if (options.body instanceof FormData) return options.signal
  const timeout = AbortSignal.timeout(left)
  return options.signal ? AbortSignal.any([timeout, options.signal]) : timeout
}

async function reach(url: string, init: RequestInit): Promise<Response> {
  try {
    return await ((init.method === 'GET' && takeEarly(url)) || fetch(url, init))
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') throw error
    throw new ApiProblem({ status: 0, title: 'The server did not answer.' })
  }
}

function headersOf(method: string, options: Request): Headers {
  const headers = new Headers({ Accept: 'application/json' })
  if (options.body !== undefined && !(options.body instanceof FormData)) {
    headers.set('Content-Type', 'application/json')
  }
  if (UNSAFE.has(method)) headers.set('X-XSRF-TOKEN', cookie('XSRF-TOKEN') ?? '')
  if (options.version !== undefined) headers.set('If-Match', `"${options.version}"`)
  if (options.key) headers.set('Idempotency-Key', options.key)
  return headers
}

function bodyOf(body: unknown): BodyInit | null {
  if (body === undefined) return null
  return body instanceof FormData ? body : JSON.stringify(body)
}

async function read(response: Response): Promise<unknown> {
  if (response.status === 204) return undefined
  const type = response.headers.get('Content-Type') ?? ''
  return type.includes('json') ? response.json() : response.text()
}

async function problemOf(response: Response): Promise<ApiProblem> {
  const body = (await response.json().catch(() => ({}))) as Partial<Problem>
  const after = Number.parseInt(response.headers.get('Retry-After') ?? '', 10)
  return new ApiProblem(
    { ...body, status: response.status },
    Number.isFinite(after) ? Math.max(after, 1) : null,
  )
}

async function freshToken(): Promise<void> {
  await reach(urlOf('account'), { credentials: 'same-origin', cache: 'no-store' })
}

function cookie(name: string): string | null {
  const found = document.cookie.split('; ').find((part) => part.startsWith(`${name}=`))
  return found ? decodeURIComponent(found.slice(name.length + 1)) : null
}

/** A Date header is whole seconds and may be cached: only a difference worth minding is taken up. */
function noteClock(response: Response): void {
  const said = Date.parse(response.headers.get('Date') ?? '')
  if (Number.isNaN(said)) return
  const difference = said - Date.now()
  skew = Math.abs(difference) > 5000 ? difference : 0
}

function pause(ms: number): Promise<void> {
  return new Promise((done) => setTimeout(done, ms))
}
