/** The log of what was sent to somebody, and sending it again. */
import { newKey, request } from './http'
import type { Delivery, DeliveryFilter, Page } from './types'

export const getDeliveries = (
  query: { state?: DeliveryFilter; after?: number; limit?: number } = {},
) => request<Page<Delivery, number | null>>('deliveries', { query })
export const resendDelivery = (id: number) =>
  request<Delivery>(`deliveries/${id}/resend`, { method: 'POST', key: newKey() })
