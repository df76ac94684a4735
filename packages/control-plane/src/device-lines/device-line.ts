import type { FieldProblem } from '../failures/index.ts'
import { type DeviceType, LINE_TYPES } from '../reference-data/index.ts'

/** What a caller decides about a line of a device (S1-92 … S1-95, public-spec section 9). */
export interface DeviceLineAttributes {
  readonly userId: string | undefined
  readonly deviceName: string
  readonly deviceTypeId: string
  /** 12 lower-case hex digits (C-48). */
  readonly macAddress: string | undefined
  readonly lineNumber: number
  readonly lineType: (typeof LINE_TYPES)[number]
  readonly faxEnabled: boolean
  /** The number called back after a 911 call; its address is the location (S1-95). */
  readonly emergencyNumber: string | undefined
}

export { LINE_TYPES }

/** @returns 12 lower-case hex digits from any usual spelling, or undefined. */
export function normalizeMacAddress(text: string): string | undefined {
  const digits = text.toLowerCase().replaceAll(/[:.\s-]/g, '')
  return /^[0-9a-f]{12}$/.test(digits) ? digits : undefined
}

/** Rules that hold between a line and the type of its device (C-53). */
export function deviceLineProblems(line: DeviceLineAttributes, type: DeviceType): FieldProblem[] {
  const problems: FieldProblem[] = []
  if (line.macAddress === undefined && type.macAddressRequired) {
    problems.push({ field: 'macAddress', code: 'MacAddressRequired', reason: 'is missing', rule: `required for a ${type.id}` })
  }
  if (line.lineNumber < 1 || line.lineNumber > type.numLines) {
    problems.push({
      field: 'lineNumber',
      code: 'InvalidLineNumber',
      reason: `${line.lineNumber} does not exist on a ${type.id}`,
      rule: `1 to ${type.numLines}`,
    })
  }
  if (line.faxEnabled && !type.faxSupported) {
    problems.push({ field: 'faxEnabled', code: 'InvalidFaxEnabled', reason: `a ${type.id} has no fax port`, rule: 'false for this device type' })
  }
  return problems
}
