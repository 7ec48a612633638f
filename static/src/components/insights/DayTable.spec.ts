import { render, screen } from '@testing-library/vue'
import { expect, it } from 'vitest'

import { signIn } from '@/testing/account'

import DayTable from './DayTable.vue'

it('names every answer of a day that has several', () => {
  signIn()
  const day = { day: '2026-11-21', count: 3, value: 'Calm', mean7: null }
  render(DayTable, {
    props: {
      tracker: { kind: 'multiple_choice', unit: '' },
      days: [{ ...day, counts: { Calm: 2, Low: 1 } }],
      caption: 'Mood',
    },
  })
  expect(screen.getByText('Calm 2 times, Low')).toBeTruthy()
})
