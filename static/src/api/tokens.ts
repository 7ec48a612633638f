/** Tokens by which a person's own scripts come in. */
import { request } from './http'
import type { MadeToken, NewToken, Page, Token } from './types'

const PATH = 'account/tokens'
export const getTokens = () => request<Page<Token>>(PATH)
export const makeToken = (body: NewToken) => request<MadeToken>(PATH, { method: 'POST', body })
export const revokeToken = (id: number) => request<undefined>(`${PATH}/${id}`, { method: 'DELETE' })
