/** The fifteen time zones of the provisioning API (S1-36). */
export const TIME_ZONES = [
  'US/Samoa',
  'US/Hawaii',
  'US/Alaska',
  'US/Pacific',
  'US/Arizona',
  'US/Mountain',
  'US/Central',
  'US/Eastern',
  'America/St_Thomas',
  'Canada/Pacific',
  'Canada/Mountain',
  'Canada/Central',
  'Canada/Eastern',
  'Canada/Atlantic',
  'Canada/Newfoundland',
] as const

export type TimeZone = (typeof TIME_ZONES)[number]

/** IANA names that stand for exactly one of the fifteen (C-17). */
const IANA_NAMES: Readonly<Record<string, TimeZone>> = {
  'Pacific/Pago_Pago': 'US/Samoa',
  'Pacific/Honolulu': 'US/Hawaii',
  'America/Anchorage': 'US/Alaska',
  'America/Los_Angeles': 'US/Pacific',
  'America/Phoenix': 'US/Arizona',
  'America/Denver': 'US/Mountain',
  'America/Chicago': 'US/Central',
  'America/New_York': 'US/Eastern',
  'America/Vancouver': 'Canada/Pacific',
  'America/Edmonton': 'Canada/Mountain',
  'America/Winnipeg': 'Canada/Central',
  'America/Toronto': 'Canada/Eastern',
  'America/Halifax': 'Canada/Atlantic',
  'America/St_Johns': 'Canada/Newfoundland',
}

/** @returns one of the fifteen names, or undefined for a zone the platform does not know. */
export function normalizeTimeZone(name: string): TimeZone | undefined {
  return TIME_ZONES.find((zone) => zone === name) ?? (Object.hasOwn(IANA_NAMES, name) ? IANA_NAMES[name] : undefined)
}
