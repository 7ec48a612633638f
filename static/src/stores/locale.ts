/** How things are said to this person: zone and day from the account, language and clock from the device. */
import { defineStore } from 'pinia'
import { computed } from 'vue'

import { dayOf, deviceZone } from '@/lib/days'
import type { Locale } from '@/lib/format'

import { useAccount } from './account'
import { useDisplay } from './display'

export const useLocale = defineStore('locale', () => {
  const account = useAccount()
  const display = useDisplay()
  const locale = computed<Locale>(() => {
    const zone = account.account?.timezone ?? deviceZone()
    const today = account.account?.today ?? dayOf(new Date(), { zone })
    return { language: navigator.language || 'en-GB', zone, clock24: display.clock24, today }
  })
  return { locale }
})
