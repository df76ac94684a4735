import type { ObjectReference } from '../account-objects/index.ts'
import type { FieldProblem } from '../failures/index.ts'
import { type DeviceType, LINE_TYPES, type LineType } from '../reference-data/index.ts'
import { referencedObject, referenceProblem } from './line-reference.ts'

/** What a caller decides about a line of a device (S1-92 … S1-95, public-spec section 9). */
export interface DeviceLineAttributes {
  readonly userId: string | undefined
  readonly deviceName: string
  readonly deviceTypeId: string
  /** 12 lower-case hex digits (C-48). */
  readonly macAddress: string | undefined
  readonly lineNumber: number
  readonly lineType: LineType
  /** What the key stands for: a user, a number, a parking spot … by `lineType`. */
  readonly referenceId: string | undefined
  readonly faxEnabled: boolean
  /** The number called back after a 911 call; its address is the location (S1-95). */
  readonly emergencyNumber: string | undefined
  /** Features switched on or off for this line alone (S0-28). */
  readonly features: LineFeatures | undefined
  /** Codecs in the order of preference (S0-28). */
  readonly codecs: readonly LineCodec[] | undefined
}

export { LINE_TYPES }

export const LINE_FEATURES = ['voicemail', 'callWaiting', 'callForwarding', 'doNotDisturb'] as const
export type LineFeatures = Readonly<Partial<Record<(typeof LINE_FEATURES)[number], boolean>>>

/** RFC 3551 and RFC 7587 names. */
export const LINE_CODECS = ['PCMU', 'PCMA', 'G722', 'G729', 'opus'] as const
export type LineCodec = (typeof LINE_CODECS)[number]

const CODEC_NAMES: Readonly<Record<string, LineCodec>> = {
  PCMU: 'PCMU', G711U: 'PCMU', G711ULAW: 'PCMU', ULAW: 'PCMU', PCMA: 'PCMA', G711A: 'PCMA', G711ALAW: 'PCMA', ALAW: 'PCMA', G722: 'G722', G729: 'G729', G729A: 'G729', OPUS: 'opus',
} // prettier-ignore

/** @returns undefined for a codec no line can have. */
export function codecOf(name: string): LineCodec | undefined {
  return CODEC_NAMES[name.toUpperCase().replaceAll(/[^A-Z0-9]/g, '')]
}

/** Rules that hold between a line and the type of its device. Whether the place exists is decided with the device: it may have side cars (C-53). */
export function deviceLineProblems(line: DeviceLineAttributes, type: DeviceType): FieldProblem[] {
  const problems: FieldProblem[] = []
  if (line.macAddress === undefined && type.macAddressRequired) {
    problems.push({ field: 'macAddress', code: 'MacAddressRequired', reason: 'is missing', rule: `required for a ${type.id}` })
  }
  const wrongKey = line.lineNumber <= type.numLines ? keyProblem(line.lineType, type, 'device') : undefined
  if (wrongKey !== undefined) problems.push(wrongKey)
  const reference = referenceProblem(line.lineType, line.referenceId)
  if (reference !== undefined) problems.push(reference)
  if (line.faxEnabled && !type.faxSupported) {
    problems.push({ field: 'faxEnabled', code: 'InvalidFaxEnabled', reason: `a ${type.id} has no fax port`, rule: 'false for this device type' })
  }
  return problems
}

/** Which types the keys of a device, or those of its side cars, can have. */
export function keyProblem(lineType: LineType, type: DeviceType, place: 'device' | 'sideCar'): FieldProblem | undefined {
  const keys = type.lineFunctionality[place] ?? []
  if (keys.includes(lineType)) return undefined
  const where = place === 'device' ? `a ${type.id}` : `the side cars of a ${type.id}`
  return { field: 'lineType', code: 'InvalidLineType', reason: `${lineType} is no key of ${where}`, rule: `one of ${keys.join(', ')}` }
}

/** What a line points at, for the registry of the account. */
export function referencesOf(line: DeviceLineAttributes, deviceId: string): readonly ObjectReference[] {
  const reference = referencedObject(line.lineType, line.referenceId)
  return [
    { role: 'device', type: 'DEVICE', id: deviceId },
    ...(line.userId === undefined ? [] : [{ role: 'user', type: 'END_USER', id: line.userId } as const]),
    ...(reference === undefined ? [] : [reference]),
    ...(line.emergencyNumber === undefined ? [] : [{ role: 'emergencyNumber', type: 'TELEPHONE_NUMBER', id: line.emergencyNumber } as const]),
  ]
}
