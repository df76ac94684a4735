/** The states of S0-105. UNASSIGNED devices are in the inventory only, DELETED ones have no record. */
export const DEVICE_STATES = ['UNASSIGNED', 'CREATED', 'CONFIGURED', 'REGISTERED', 'UNREGISTERED', 'INACTIVE', 'DELETED'] as const

export type DeviceState = (typeof DEVICE_STATES)[number]

/** What the state of a device follows from (C-47). */
export interface DeviceFacts {
  readonly isInService: boolean
  readonly lines: readonly { readonly isRegistered: boolean; readonly wasRegistered: boolean }[]
}

/** Nothing but the administrative state is stored: the rest is what lines and phones are doing (S0-98 … S0-108). */
export function deviceStateOf(facts: DeviceFacts): DeviceState {
  if (!facts.isInService) return 'INACTIVE'
  if (facts.lines.length === 0) return 'CREATED'
  if (facts.lines.some((line) => line.isRegistered)) return 'REGISTERED'
  return facts.lines.some((line) => line.wasRegistered) ? 'UNREGISTERED' : 'CONFIGURED'
}
