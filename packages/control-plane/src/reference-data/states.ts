export type CountryCode = 'USA' | 'CAN'

/** States, the District of Columbia, territories and military "states" of USPS Publication 28 appendix B. */
const UNITED_STATES: Readonly<Record<string, string>> = {
  AL: 'Alabama', AK: 'Alaska', AS: 'American Samoa', AZ: 'Arizona', AR: 'Arkansas', CA: 'California', CO: 'Colorado', CT: 'Connecticut', DE: 'Delaware',
  DC: 'District of Columbia', FM: 'Federated States of Micronesia', FL: 'Florida', GA: 'Georgia', GU: 'Guam', HI: 'Hawaii', ID: 'Idaho', IL: 'Illinois', IN: 'Indiana', IA: 'Iowa',
  KS: 'Kansas', KY: 'Kentucky', LA: 'Louisiana', ME: 'Maine', MH: 'Marshall Islands', MD: 'Maryland', MA: 'Massachusetts', MI: 'Michigan', MN: 'Minnesota', MS: 'Mississippi',
  MO: 'Missouri', MT: 'Montana', NE: 'Nebraska', NV: 'Nevada', NH: 'New Hampshire', NJ: 'New Jersey', NM: 'New Mexico', NY: 'New York', NC: 'North Carolina', ND: 'North Dakota',
  MP: 'Northern Mariana Islands', OH: 'Ohio', OK: 'Oklahoma', OR: 'Oregon', PW: 'Palau', PA: 'Pennsylvania', PR: 'Puerto Rico', RI: 'Rhode Island', SC: 'South Carolina',
  SD: 'South Dakota', TN: 'Tennessee', TX: 'Texas', UT: 'Utah', VT: 'Vermont', VI: 'Virgin Islands', VA: 'Virginia', WA: 'Washington', WV: 'West Virginia', WI: 'Wisconsin',
  WY: 'Wyoming', AA: 'Armed Forces Americas', AE: 'Armed Forces Europe', AP: 'Armed Forces Pacific',
} // prettier-ignore

/** Provinces and territories, Canada Post addressing guidelines. */
const CANADA: Readonly<Record<string, string>> = {
  AB: 'Alberta', BC: 'British Columbia', MB: 'Manitoba', NB: 'New Brunswick', NL: 'Newfoundland and Labrador', NS: 'Nova Scotia', NT: 'Northwest Territories', NU: 'Nunavut',
  ON: 'Ontario', PE: 'Prince Edward Island', QC: 'Quebec', SK: 'Saskatchewan', YT: 'Yukon',
} // prettier-ignore

/** Names people also write. */
const OTHER_NAMES: Readonly<Record<string, string>> = {
  'us virgin islands': 'VI', newfoundland: 'NL', labrador: 'NL', nfld: 'NL', pei: 'PE', que: 'QC', pq: 'QC', ont: 'ON', sask: 'SK', alta: 'AB', 'yukon territory': 'YT',
} // prettier-ignore

const ABBREVIATION_OF_NAME: ReadonlyMap<string, string> = new Map([
  ...Object.entries({ ...UNITED_STATES, ...CANADA }).flatMap(([abbreviation, name]): [string, string][] => [
    [key(name), abbreviation],
    [key(abbreviation), abbreviation],
  ]),
  ...Object.entries(OTHER_NAMES).map(([name, abbreviation]): [string, string] => [key(name), abbreviation]),
])

/**
 * "Utah", "utah", "UT" and "U.T." → `UT` (C-35: full name or abbreviation in, abbreviation out); also provinces ("Québec" → `QC`).
 * @returns undefined for anything that is no state, province or territory.
 */
export function stateAbbreviation(text: string): string | undefined {
  return ABBREVIATION_OF_NAME.get(key(text.slice(0, 64)))
}

/** @param abbreviation as `stateAbbreviation` returns it. */
export function countryOfState(abbreviation: string): CountryCode | undefined {
  if (Object.hasOwn(UNITED_STATES, abbreviation)) return 'USA'
  return Object.hasOwn(CANADA, abbreviation) ? 'CAN' : undefined
}

export function stateName(abbreviation: string): string | undefined {
  return countryOfState(abbreviation) === undefined ? undefined : (UNITED_STATES[abbreviation] ?? CANADA[abbreviation])
}

function key(text: string): string {
  const plain = text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase()
  return plain
    .replace(/\./g, '')
    .replace(/[^a-z0-9]+/g, ' ')
    .trim()
}
