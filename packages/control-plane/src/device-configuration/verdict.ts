/** What came of a request for a file, and why: the answer to "why is this phone not provisioned". */
export const VERDICTS = {
  Served: 'The file was sent.',
  NotModified: 'The phone has this file already.',
  ServedWithoutLines: 'The file was sent, but the device has no line: it will not register.',
  Bootstrap: 'A file without anything of the device was sent: it says where its own files are.',
  Uploaded: 'What the phone sent was taken and not kept.',
  OptionalFile: 'Phones of this make ask for this file and go on without it.',
  UnknownFile: 'No phone of this make asks for such a file: is the model of the device right?',
  CredentialsMissing: 'The phone did not prove itself: give it the address with its token, a user name and password, or open a window.',
  CredentialsWrong: 'The user name or the password is wrong.',
  TokenInvalid: 'The token in the address is wrong, or was replaced by a newer one.',
  MacMismatch: 'The token belongs to another device than the name of the file.',
  CertificateOfOther: 'The client certificate is that of another device.',
  WindowClosed: 'The one-time window is over.',
  WindowTaken: 'The one-time window belongs to the address that came first.',
  WindowElsewhere: 'The one-time window is not open for this address.',
  DeviceInactive: 'The device is INACTIVE: its configuration is not served (S0-103).',
  ManagedElsewhere: 'Somebody else provisions this device (provisionerType).',
  EncryptionKeyMissing: 'The file must be encrypted, and the device has no key: reset its encryption key, and give it to the phone.',
  EncryptionNotSupported: 'The file must be encrypted, and the format of this make is closed: let the phone use HTTPS.',
  TooManyGuesses: 'Too many wrong requests came from this address, or for this device.',
  UnknownDevice: 'There is no device with this MAC address.',
} as const

export type Verdict = keyof typeof VERDICTS

/** Verdicts of requests after which the phone has what it came for. */
const GOOD_VERDICTS: ReadonlySet<Verdict> = new Set(['Served', 'NotModified', 'ServedWithoutLines', 'Bootstrap', 'Uploaded', 'OptionalFile'])

/** What the verdict on a device hangs on, of one of its requests. */
export interface JudgedRequest {
  readonly verdict: string
  readonly authentication?: string
  readonly ipAddress: string
}

/** After these a device has its files. */
const SERVED: ReadonlySet<string> = new Set<Verdict>(['Served', 'NotModified', 'ServedWithoutLines'])
/** Said of the device itself, or of somebody who once had its address: no stranger comes so far. */
const OF_THE_DEVICE: ReadonlySet<string> = new Set<Verdict>([
  'DeviceInactive', 'ManagedElsewhere', 'EncryptionKeyMissing', 'EncryptionNotSupported', 'TokenInvalid', 'MacMismatch',
]) // prettier-ignore

/**
 * The request that says how it stands with a device. A refusal counts until the device proves itself again; what strangers got who asked
 * for a device that has its files says nothing of it. @param requests the newest first.
 */
export function decidingRequest<Request extends JudgedRequest>(requests: readonly Request[]): Request | undefined {
  const served = requests.find((request) => SERVED.has(request.verdict))
  if (served === undefined) return requests.find((request) => !isVerdict(request.verdict) || !GOOD_VERDICTS.has(request.verdict)) ?? requests[0]
  for (const request of requests) {
    if (OF_THE_DEVICE.has(request.verdict)) return request
    // It is in, whatever that one file was.
    if (request.authentication !== undefined) return served
    if (request.ipAddress === served.ipAddress) return request
  }
  return served
}

export function isVerdict(text: string): text is Verdict {
  return Object.hasOwn(VERDICTS, text)
}
