/** The formatters bound to the person. */
import { storeToRefs } from 'pinia'

import type { Kind, Value } from '@/api/types'
import * as days from '@/lib/days'
import * as format from '@/lib/format'
import { useLocale } from '@/stores/locale'

export function useFormat() {
  const { locale } = storeToRefs(useLocale())
  const l = () => locale.value
  return {
    locale,
    number: (value: number, digits?: number) => format.formatNumber(value, l().language, digits),
    value: (kind: Kind, value: Value, unit = '') =>
      format.formatValue(kind, value, unit, l().language),
    cell: (kind: Kind, value: Value) => format.formatCell(kind, value, l().language),
    duration: (seconds: number) => format.formatDuration(seconds, l().language),
    time: (instant: string | Date) => days.timeOf(instant, l()),
    day: (day: string) => days.dayName(day, l()),
    dayLong: (day: string) => days.dayLong(day, l()),
    dayShort: (day: string) => days.dayShort(day, l()),
    when: (moment: days.Moment) => days.whenText(moment, l()),
    whenInSentence: (moment: days.Moment) => days.whenInSentence(moment, l()),
    whenFull: (instant: string) => days.whenFull(instant, l()),
  }
}
