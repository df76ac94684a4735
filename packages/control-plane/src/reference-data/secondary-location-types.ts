/** The 24 words of `secondaryLocationDescription` (public-spec 10; "HANGER" is the published spelling), after the secondary unit designators of USPS Publication 28, appendix C2. */
export const SECONDARY_LOCATION_TYPES = [
  'APARTMENT', 'BUILDING', 'BASEMENT', 'DEPARTMENT', 'FLOOR', 'FRONT', 'HANGER', 'KEY', 'LOBBY', 'LOT', 'LOWER', 'OFFICE', 'PENTHOUSE', 'PIER', 'REAR', 'ROOM', 'SIDE', 'SLIP',
  'SPACE', 'SUITE', 'STOP', 'TRAILER', 'UNIT', 'UPPER',
] as const // prettier-ignore

export type SecondaryLocationType = (typeof SECONDARY_LOCATION_TYPES)[number]
