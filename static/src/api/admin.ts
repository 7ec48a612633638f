/** What the people who run this Tend may do; to everyone else these do not exist. */
import { request } from './http'
import type { Member, Page } from './types'

export const getMembers = (after?: number) =>
  request<Page<Member, number | null>>('admin/people', { query: { after } })
export const setActive = (id: number, active: boolean) =>
  request<Member>(`admin/people/${id}`, { method: 'PATCH', body: { active } })
export const newInvitation = () =>
  request<{ link: string }>('admin/invitations', { method: 'POST' })
