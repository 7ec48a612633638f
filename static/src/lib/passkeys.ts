/**
 * Passkeys in the browser: options as the server writes them go in, an answer to send comes out.
 * Where the browser cannot read and write the JSON form itself, it is done here.
 */
type Creation = PublicKeyCredentialCreationOptionsJSON
type Request = PublicKeyCredentialRequestOptionsJSON

/** Over plain http on a home network there are none: browsers keep them to secure addresses. */
export const passkeysWork = () => typeof window.PublicKeyCredential === 'function'

export function fromBase64Url(text: string): Uint8Array<ArrayBuffer> {
  const plain = atob(text.replace(/-/g, '+').replace(/_/g, '/'))
  return Uint8Array.from(plain, (letter) => letter.charCodeAt(0))
}
export function toBase64Url(data: ArrayBuffer): string {
  const plain = String.fromCharCode(...new Uint8Array(data))
  return btoa(plain).replace(/\+/g, '-').replace(/\//g, '_').replace(/=+$/, '')
}

type Listed = PublicKeyCredentialDescriptorJSON[] | undefined
const listed = (all: Listed) =>
  all?.map((each) => ({ ...each, id: fromBase64Url(each.id) })) as
    PublicKeyCredentialDescriptor[] | undefined

export function readCreation(json: Creation): PublicKeyCredentialCreationOptions {
  const own = PublicKeyCredential.parseCreationOptionsFromJSON
  if (own) return own.call(PublicKeyCredential, json)
  return {
    ...json,
    challenge: fromBase64Url(json.challenge),
    user: { ...json.user, id: fromBase64Url(json.user.id) },
    excludeCredentials: listed(json.excludeCredentials),
  } as unknown as PublicKeyCredentialCreationOptions
}
export function readRequest(json: Request): PublicKeyCredentialRequestOptions {
  const own = PublicKeyCredential.parseRequestOptionsFromJSON
  if (own) return own.call(PublicKeyCredential, json)
  return {
    ...json,
    challenge: fromBase64Url(json.challenge),
    allowCredentials: listed(json.allowCredentials),
  } as PublicKeyCredentialRequestOptions
}
/** What the device answered, to be sent to the server. */
export function written(credential: PublicKeyCredential): unknown {
  if (typeof credential.toJSON === 'function') return credential.toJSON()
  const answer = credential.response as AuthenticatorAttestationResponse &
    AuthenticatorAssertionResponse
  const bytes = ['attestationObject', 'authenticatorData', 'signature', 'userHandle'] as const
  const parts = bytes.filter((name) => answer[name])
  return {
    id: credential.id,
    rawId: toBase64Url(credential.rawId),
    type: credential.type,
    authenticatorAttachment: credential.authenticatorAttachment ?? undefined,
    clientExtensionResults: credential.getClientExtensionResults(),
    response: {
      clientDataJSON: toBase64Url(answer.clientDataJSON),
      ...Object.fromEntries(parts.map((name) => [name, toBase64Url(answer[name]!)])),
      ...(answer.getTransports ? { transports: answer.getTransports() } : {}),
    },
  }
}

export async function createPasskey(options: Creation): Promise<unknown> {
  const made = await navigator.credentials.create({ publicKey: readCreation(options) })
  return written(made as PublicKeyCredential)
}
/** `conditional` waits in the field's own suggestions until a passkey is chosen there. */
export async function usePasskey(
  options: Request,
  { conditional = false, signal }: { conditional?: boolean; signal?: AbortSignal } = {},
): Promise<unknown> {
  const found = await navigator.credentials.get({
    publicKey: readRequest(options),
    ...(conditional ? { mediation: 'conditional' as const } : {}),
    signal,
  })
  return written(found as PublicKeyCredential)
}
export async function suggestsPasskeys(): Promise<boolean> {
  return (
    passkeysWork() &&
    ((await PublicKeyCredential.isConditionalMediationAvailable?.().catch(() => false)) ?? false)
  )
}

/** What a device's refusal means, in words; undefined when it was none of the device's. */
export function passkeyTrouble(error: unknown): string | undefined {
  if (!(error instanceof DOMException)) return undefined
  if (error.name === 'InvalidStateError') return 'This device has a passkey for Tend already.'
  if (error.name === 'SecurityError') {
    return 'Passkeys do not work at this address. They need https and a name.'
  }
  return 'No passkey was used. Try again, or take another way.'
}
