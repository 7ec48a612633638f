import { describe, expect, it, vi } from 'vitest'

import {
  createPasskey,
  fromBase64Url,
  passkeysWork,
  passkeyTrouble,
  readCreation,
  readRequest,
  toBase64Url,
  usePasskey,
  written,
} from './passkeys'

const bytes = (...all: number[]) => Uint8Array.from(all).buffer
const none = () => vi.stubGlobal('PublicKeyCredential', function PublicKeyCredential() {})

describe('base64url', () => {
  it.each([
    [[], ''],
    [[255], '_w'],
    [[251, 239, 190], '----'],
    [[1, 2, 3, 4], 'AQIDBA'],
  ])('writes %j as %s and reads it again', (all, text) => {
    expect(toBase64Url(bytes(...all))).toBe(text)
    expect([...fromBase64Url(text)]).toEqual(all)
  })
})

describe('where the browser cannot read and write the JSON form', () => {
  const user = { id: 'AQ', name: 'mira', displayName: 'Mira' }
  const listed = { id: 'AgM', type: 'public-key', transports: ['usb'] }

  it('reads what a new passkey is to be made of', () => {
    none()
    const json = { challenge: 'AQID', user, rp: { name: 'Tend' }, excludeCredentials: [listed] }
    const read = readCreation(json as unknown as PublicKeyCredentialCreationOptionsJSON)
    expect([...(read.challenge as Uint8Array)]).toEqual([1, 2, 3])
    expect([...(read.user.id as Uint8Array)]).toEqual([1])
    expect(read.excludeCredentials![0]!.transports).toEqual(['usb'])
    expect([...(read.excludeCredentials![0]!.id as Uint8Array)]).toEqual([2, 3])
    expect(read.rp.name).toBe('Tend')
  })
  it('reads which one is asked for, or that any will do', () => {
    none()
    const read = readRequest({ challenge: 'AQID', userVerification: 'required' })
    expect([...(read.challenge as Uint8Array)]).toEqual([1, 2, 3])
    expect(read.allowCredentials).toBeUndefined()
  })
  it('writes what the device answered', () => {
    const answer = {
      id: 'AQ',
      rawId: bytes(1),
      type: 'public-key',
      authenticatorAttachment: null,
      getClientExtensionResults: () => ({}),
      response: {
        clientDataJSON: bytes(1),
        authenticatorData: bytes(2),
        signature: bytes(3),
        userHandle: null,
      },
    }
    expect(written(answer as unknown as PublicKeyCredential)).toEqual({
      id: 'AQ',
      rawId: 'AQ',
      type: 'public-key',
      clientExtensionResults: {},
      response: { clientDataJSON: 'AQ', authenticatorData: 'Ag', signature: 'Aw' },
    })
  })
})

it('leaves it to the browser where that can do it', async () => {
  const own = {
    parseCreationOptionsFromJSON: () => 'made',
    parseRequestOptionsFromJSON: () => 'read',
  }
  vi.stubGlobal(
    'PublicKeyCredential',
    Object.assign(() => undefined, own),
  )
  const credential = { toJSON: () => ({ id: 'AQ' }) }
  const create = vi.fn(async () => credential)
  const get = vi.fn(async () => credential)
  vi.stubGlobal('navigator', { credentials: { create, get } })
  const options = { challenge: 'AQ' }
  await createPasskey(options as PublicKeyCredentialCreationOptionsJSON)
  expect(create).toHaveBeenCalledWith({ publicKey: 'made' })
  expect(await usePasskey(options, { conditional: true })).toEqual({ id: 'AQ' })
  expect(get).toHaveBeenCalledWith({
    publicKey: 'read',
    mediation: 'conditional',
    signal: undefined,
  })
})
it('knows that some browsers and addresses have none', () => {
  expect(passkeysWork()).toBe(false)
  none()
  expect(passkeysWork()).toBe(true)
})
it('has words for what the device refuses, and none for other things', () => {
  expect(passkeyTrouble(new DOMException('', 'NotAllowedError'))).toMatch(/Try again/)
  expect(passkeyTrouble(new DOMException('', 'InvalidStateError'))).toMatch(/already/)
  expect(passkeyTrouble(new Error('else'))).toBeUndefined()
})
