/** The log of what was sent to somebody, and sending it again. */
import { newKey, request } from './http'
import type { Delivery, DeliveryState, Page } from './types'

export const getDeliveries = (
  query: { state?: DeliveryState; after?: string; limit?: number } = {},
) => request<Page<Delivery>>('deliveries', { query })
export const resendDelivery = (id: number) =>
  request<Delivery>(`deliveries/${id}/resend`, { method: 'POST', key: newKey() })
