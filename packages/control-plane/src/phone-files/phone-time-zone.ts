/** What phones have to know about a time zone of the platform (S1-36). */
export interface PhoneTimeZone {
  /** Minutes east of Greenwich in winter. */
  readonly offsetMinutes: number
  /** Daylight saving from the second Sunday of March to the first of November, at two o'clock (15 U.S.C. 260a; the provinces follow). */
  readonly savesDaylight: boolean
  /** POSIX 1003.1 section 8.3, without the rule. */
  readonly standardName: string
}

const zone = (hours: number, standardName: string, savesDaylight = true): PhoneTimeZone => ({ offsetMinutes: hours * 60, savesDaylight, standardName })

const ZONES: Readonly<Record<string, PhoneTimeZone>> = {
  'US/Samoa': zone(-11, 'SST', false),
  'US/Hawaii': zone(-10, 'HST', false),
  'US/Alaska': zone(-9, 'AKST'),
  'US/Pacific': zone(-8, 'PST'),
  'US/Arizona': zone(-7, 'MST', false),
  'US/Mountain': zone(-7, 'MST'),
  'US/Central': zone(-6, 'CST'),
  'US/Eastern': zone(-5, 'EST'),
  'America/St_Thomas': zone(-4, 'AST', false),
  'Canada/Pacific': zone(-8, 'PST'),
  'Canada/Mountain': zone(-7, 'MST'),
  'Canada/Central': zone(-6, 'CST'),
  'Canada/Eastern': zone(-5, 'EST'),
  'Canada/Atlantic': zone(-4, 'AST'),
  'Canada/Newfoundland': zone(-3.5, 'NST'),
}

export function phoneTimeZone(name: string): PhoneTimeZone | undefined {
  return Object.hasOwn(ZONES, name) ? ZONES[name] : undefined
}

/** Such as `MST7MDT,M3.2.0/2,M11.1.0/2`: hours are counted west of Greenwich there. */
export function posixTimeZone({ offsetMinutes, savesDaylight, standardName }: PhoneTimeZone): string {
  const west = `${Math.trunc(-offsetMinutes / 60)}${offsetMinutes % 60 === 0 ? '' : `:${Math.abs(offsetMinutes % 60)}`}`
  return savesDaylight ? `${standardName}${west}${standardName.slice(0, -2)}DT,M3.2.0/2,M11.1.0/2` : `${standardName}${west}`
}

/** `GMT-05:00`, as most menus of phones write it. */
export function gmtOffset({ offsetMinutes }: PhoneTimeZone): string {
  const minutes = Math.abs(offsetMinutes)
  const pad = (figure: number): string => String(figure).padStart(2, '0')
  return `GMT${offsetMinutes < 0 ? '-' : '+'}${pad(Math.floor(minutes / 60))}:${pad(minutes % 60)}`
}
