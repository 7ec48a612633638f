/** Comes before all other code, and asks for the answers that the first page will need: see api/early.ts. */
const asked: Record<string, Promise<Response>> = {}
for (const path of document.documentElement.dataset.asks?.split(' ') ?? []) {
  const url = `/api/v1/${path}`
  asked[url] = fetch(url, {
    headers: { Accept: 'application/json' },
    credentials: 'same-origin',
    signal: AbortSignal.timeout(10_000),
  })
  asked[url].catch(() => {}) // whoever takes it hears of it
}
window.tendAsked = asked

export {}
