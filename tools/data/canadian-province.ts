/** The first letter of a Canadian forward sortation area says the province (Canada Post, Addressing Guidelines). X is shared: Nunavut has three of its areas. */
const PROVINCE_OF_LETTER: Readonly<Record<string, string>> = {
  A: 'NL', B: 'NS', C: 'PE', E: 'NB', G: 'QC', H: 'QC', J: 'QC', K: 'ON', L: 'ON', M: 'ON', N: 'ON', P: 'ON', R: 'MB', S: 'SK', T: 'AB', V: 'BC', X: 'NT', Y: 'YT',
}

const NUNAVUT: ReadonlySet<string> = new Set(['X0A', 'X0B', 'X0C'])

export function provinceOfForwardSortationArea(code: string): string {
  if (NUNAVUT.has(code)) return 'NU'
  return PROVINCE_OF_LETTER[code.charAt(0)] ?? ''
}
