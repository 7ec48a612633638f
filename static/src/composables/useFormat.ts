/** The formatters bound to the person: zone and day from the account, language and clock from the device. */
import { computed } from 'vue'

import type { Kind, Value } from '@/api/types'
import * as days from '@/lib/days'
import * as format from '@/lib/format'
import { useAccount } from '@/stores/account'
import { useDisplay } from '@/stores/display'

export function useFormat() {
  const store = useAccount()
  const display = useDisplay()
  const locale = computed<format.Locale>(() => {
    const zone = store.account?.timezone ?? days.deviceZone()
    const today =
      store.account?.today ??
      new Intl.DateTimeFormat('en-CA', { timeZone: zone }).format(new Date())
    return { language: navigator.language || 'en-GB', zone, clock24: display.clock24, today }
  })
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
