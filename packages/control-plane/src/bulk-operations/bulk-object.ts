/** What a collection can hold (public-spec section 4); a collection without a type holds users named by their extensions (S0-82). */
export const OBJECT_TYPES = ['CreateUserInput', 'CreateTelephoneNumberInput', 'DeleteUserInput', 'DeleteTelephoneNumberInput'] as const
export type ObjectType = (typeof OBJECT_TYPES)[number]

export type BulkObject = Readonly<Record<string, unknown>>

/** More than 10,000 users of one customer; about 20 MB of JSON. */
export const MAX_OBJECTS = 20_000

/** The headings of the spreadsheets people send, and the field each means. Fields may be given by their own names too. */
const USER_HEADINGS: Readonly<Record<string, string>> = {
  'first name': 'firstName',
  'last name': 'lastName',
  'extension number': 'extension',
  extension: 'extension',
  'time zone': 'timeZone',
  email: 'emailAddress',
  'email address': 'emailAddress',
  username: 'username',
  'user name': 'username',
  'feature plan': 'userProductPlan',
  'voice portal access': 'allowPortalAccess',
  'calling plan': 'callingPlan',
  language: 'languageTag',
  'user type': 'endUserType',
  'block email': 'blockEmail',
  'user id': 'userId',
}
const NUMBER_HEADINGS: Readonly<Record<string, string>> = {
  'phone number': 'phoneNumber',
  'telephone number': 'phoneNumber',
  telephonenumber: 'phoneNumber',
  number: 'phoneNumber',
  extension: 'extension',
  'extension number': 'extension',
  'reference type': 'referenceType',
  'reference id': 'referenceId',
  status: 'operationalStatus',
  'caller id name': 'customerName',
  'customer name': 'customerName',
  'customer type': 'customerType',
  'business name': 'businessName',
  'first name': 'firstName',
  'last name': 'lastName',
  'street number': 'streetNumber',
  'street name': 'streetName',
  'street suffix': 'streetSuffix',
  street: 'street',
  unit: 'unit',
  city: 'city',
  state: 'state',
  country: 'country',
  'postal code': 'postalCode',
  'zip code': 'postalCode',
}

/** In the order in which people fill in a spreadsheet; other columns come after. */
const COLUMNS = [...new Set([...Object.values(USER_HEADINGS), ...Object.values(NUMBER_HEADINGS)])]

/** @returns the names as columns of a file, known ones first. */
export function inColumnOrder(names: Iterable<string>): readonly string[] {
  const place = (name: string): number => (COLUMNS.includes(name) ? COLUMNS.indexOf(name) : COLUMNS.length)
  return [...names].toSorted((one, other) => place(one) - place(other) || one.localeCompare(other))
}

const LANGUAGES: Readonly<Record<string, string>> = { ENGLISH: 'en-US', FRENCH: 'fr-CA', SPANISH: 'es-MX' }
const TIME_ZONE_PREFIX = /^(us|canada)\/([a-z]+)$/i

/** One object with the names and forms of the interface: headings, YES and NO, ENGLISH, US/MOUNTAIN, numbers for extensions. Empty cells are absent. */
export function normalizedObject(type: ObjectType | undefined, given: BulkObject): BulkObject {
  const headings = type === 'CreateTelephoneNumberInput' || type === 'DeleteTelephoneNumberInput' ? NUMBER_HEADINGS : USER_HEADINGS
  const fields = Object.entries(given).flatMap(([name, value]): [string, unknown][] => {
    const field = headings[name.trim().toLowerCase()] ?? name
    const normalized = normalizedValue(field, typeof value === 'string' ? value.trim() : value)
    return normalized === '' || normalized === null || normalized === undefined ? [] : [[field, normalized]]
  })
  return Object.fromEntries(fields)
}

function normalizedValue(field: string, value: unknown): unknown {
  if (field === 'extension' || field === 'phoneNumber') return typeof value === 'number' ? String(value) : value
  if (typeof value !== 'string') return value
  if (field === 'allowPortalAccess' || field === 'blockEmail') return yesOrNo(value)
  if (field === 'languageTag') return LANGUAGES[value.toUpperCase()] ?? value
  if (field === 'userProductPlan' || field === 'endUserType') return value.toUpperCase().replaceAll(' ', '_')
  const zone = field === 'timeZone' ? TIME_ZONE_PREFIX.exec(value) : null
  return zone === null ? value : `${zone[1]?.toLowerCase() === 'us' ? 'US' : 'Canada'}/${capitalized(zone[2] ?? '')}`
}

function yesOrNo(value: string): unknown {
  if (/^(yes|y|true)$/i.test(value)) return true
  return /^(no|n|false)$/i.test(value) ? false : value
}

function capitalized(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1).toLowerCase()
}
