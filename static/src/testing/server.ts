/** A server for specs: answers fetch from a table of "METHOD path", and remembers what it was asked. */
import { vi } from 'vitest'

export interface Asked {
  method: string
  path: string
  body: unknown
  headers: Headers
}
type Answer = unknown | Response | ((asked: Asked) => unknown)

export function problem(status: number, detail = '', more: object = {}, headers: HeadersInit = {}) {
  return new Response(JSON.stringify({ type: 'about:blank', title: '', status, detail, ...more }), {
    status,
    headers: { 'Content-Type': 'application/problem+json', ...headers },
  })
}
/** What is not in the table is 404; an answer that throws is a server that is not there. */
export function serve(table: Record<string, Answer>) {
  const asked: Asked[] = []
  document.cookie = 'XSRF-TOKEN=token'
  vi.stubGlobal('fetch', async (url: string, init: RequestInit = {}) => {
    const call: Asked = {
      method: init.method ?? 'GET',
      path: url.replace('/api/v1/', ''),
      body: typeof init.body === 'string' ? JSON.parse(init.body) : init.body,
      headers: new Headers(init.headers),
    }
    asked.push(call)
    const key = `${call.method} ${call.path}`
    const found = key in table ? table[key] : table[`${call.method} *`]
    const answer = typeof found === 'function' ? await found(call) : found
    if (answer instanceof Response) return answer.clone()
    if (answer === undefined) return problem(404, 'There is nothing here.')
    if (answer === null) return new Response(null, { status: 204 })
    return new Response(JSON.stringify(answer), {
      headers: { 'Content-Type': 'application/json' },
    })
  })
  return { asked, of: (method: string) => asked.filter((call) => call.method === method) }
}
