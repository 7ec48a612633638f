/**
 * Intl's formatters, each made once for its language and options. Making one takes a hundred times
 * as long as using it: on a slow phone that was half of the time in which Today was drawn.
 */
function once<Options, Made>(make: (language: string, options: Options) => Made) {
  const made = new Map<string, Made>()
  return (language: string, options: Options): Made => {
    const key = language + JSON.stringify(options)
    let found = made.get(key)
    if (!found) made.set(key, (found = make(language, options)))
    return found
  }
}
export const dateFormat = once(
  (language: string, options: Intl.DateTimeFormatOptions) =>
    new Intl.DateTimeFormat(language, options),
)
export const numberFormat = once(
  (language: string, options: Intl.NumberFormatOptions) => new Intl.NumberFormat(language, options),
)
