/**
 * Answers that were asked for while the page's code was still on its way (by src/early.ts, the paths
 * named by the server in data-asks). A `<link rel="preload">` would do, were it not for its memory:
 * an answer of before signing in would be taken for one of after it.
 */
declare global {
  interface Window {
    tendAsked?: Record<string, Promise<Response>>
  }
}
/** Later than this after the page began, what was asked early is old. */
const FRESH_MS = 15_000

/** The answer to that URL if it is under way or there; each is taken once. */
export function takeEarly(url: string): Promise<Response> | undefined {
  const found = window.tendAsked?.[url]
  if (found) delete window.tendAsked![url]
  return performance.now() < FRESH_MS ? found : undefined
}
/** After a refusal or a change none of them may be true any more. */
export function dropEarly(): void {
  delete window.tendAsked
}
