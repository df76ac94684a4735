/** A key module beside a phone: the answer of `/v2/ref/sidecartype`. */
export interface SideCarType {
  readonly id: string
  readonly name: string
  readonly numLinesPerPage: number
  readonly numPages: number
}

export const SIDE_CAR_TYPES: readonly SideCarType[] = [
  { id: 'VVXEXP', name: 'Polycom VVX Expansion Module', numLinesPerPage: 28, numPages: 3 },
  { id: 'VVXEM50', name: 'Poly VVX EM50', numLinesPerPage: 30, numPages: 3 },
  { id: 'SPIPEXP', name: 'Polycom SoundPoint IP Backlit Expansion Module', numLinesPerPage: 14, numPages: 1 },
  { id: 'SPA500S', name: 'Cisco SPA500S', numLinesPerPage: 32, numPages: 1 },
  { id: 'GXP2200EXT', name: 'Grandstream GXP2200EXT', numLinesPerPage: 20, numPages: 2 },
  { id: 'YEALINKEXP40', name: 'Yealink EXP40', numLinesPerPage: 20, numPages: 2 },
  { id: 'YEALINKEXP43', name: 'Yealink EXP43', numLinesPerPage: 20, numPages: 3 },
  { id: 'YEALINKEXP50', name: 'Yealink EXP50', numLinesPerPage: 20, numPages: 3 },
]

export function sideCarType(id: string): SideCarType | undefined {
  return SIDE_CAR_TYPES.find((type) => type.id.toUpperCase() === id.trim().toUpperCase())
}
