import type { EmergencyLocation } from '@dialtone/call-routing'

/** RFC 3863; RFC 6442 3.1 sends it so. */
export const PIDF_TYPE = 'application/pidf+xml'

const NAMESPACES = [
  'xmlns="urn:ietf:params:xml:ns:pidf"',
  'xmlns:gp="urn:ietf:params:xml:ns:pidf:geopriv10"',
  'xmlns:gbp="urn:ietf:params:xml:ns:pidf:geopriv10:basicPolicy"',
  'xmlns:ca="urn:ietf:params:xml:ns:pidf:geopriv10:civicAddr"',
  'xmlns:gml="http://www.opengis.net/gml"',
].join(' ')

/** ISO 3166-1 alpha-2, as civic addresses want it (RFC 4776 3.3); our addresses carry alpha-3. */
const COUNTRIES: Readonly<Record<string, string>> = { USA: 'US', CAN: 'CA', MEX: 'MX', PRI: 'PR' }

export interface LocationSubject {
  /** The presentity: who is there (RFC 4119 2.1). */
  readonly entity: string
  /** When it was said to be so; milliseconds since 1970-01-01T00:00:00Z. */
  readonly atMs: number
}

/**
 * The dispatchable location as PIDF-LO (RFC 4119, RFC 5139): the civic address, and the point in a tuple of its own behind it, since each
 * describes the place alone (RFC 5491 3.3 rules 2, 4 and 8: the first one counts). Handing it on is allowed: it goes to who sends help.
 */
export function pidfLocation(location: EmergencyLocation, { entity, atMs }: LocationSubject): string {
  const timestamp = new Date(atMs).toISOString()
  const places = [tupleOf('civic', civicAddressOf(location), timestamp)]
  const point = pointOf(location)
  if (point !== undefined) places.push(tupleOf('point', point, timestamp))
  return `<?xml version="1.0" encoding="UTF-8"?>\r\n<presence ${NAMESPACES} entity="${escapeXml(entity)}">\r\n${places.join('')}</presence>\r\n`
}

/** 'Manual': a person has registered the address (RFC 4119 6.1). */
function tupleOf(id: string, place: string, timestamp: string): string {
  const rules = '<gp:usage-rules><gbp:retransmission-allowed>yes</gbp:retransmission-allowed></gp:usage-rules>'
  const geopriv = `<gp:geopriv><gp:location-info>${place}</gp:location-info>${rules}<gp:method>Manual</gp:method></gp:geopriv>`
  return `<tuple id="${id}"><status>${geopriv}</status><timestamp>${timestamp}</timestamp></tuple>\r\n`
}

/** In the order of the schema (RFC 5139 4.1); elements that do not apply are left out. */
function civicAddressOf(location: EmergencyLocation): string {
  const [houseNumber = '', ...suffix] = location.streetNumber.split(' ')
  const elements: readonly (readonly [name: string, value: string])[] = [
    ['country', COUNTRIES[location.country] ?? location.country],
    ['A1', location.state],
    ['A3', location.city],
    ['PRD', location.preDirectional],
    ['RD', location.streetName],
    ['STS', location.streetSuffix],
    ['POD', location.postDirectional],
    ['HNO', houseNumber],
    ['HNS', suffix.join(' ')],
    ['PC', location.postalCode],
    ['UNIT', location.unit],
  ]
  const written = elements.filter(([, value]) => value !== '').map(([name, value]) => `<ca:${name}>${escapeXml(value)}</ca:${name}>`)
  return `<ca:civicAddress xml:lang="en">${written.join('')}</ca:civicAddress>`
}

/** WGS 84, latitude first (RFC 5491 5.2.1). Undefined when there is none, or none on this earth. */
function pointOf({ latitude, longitude }: EmergencyLocation): string | undefined {
  if (latitude === undefined || longitude === undefined) return undefined
  const [north, east] = [Number(latitude), Number(longitude)]
  // The point 0 0 lies in the Gulf of Guinea: it stands for "not known".
  const isPlace = latitude.trim() !== '' && longitude.trim() !== '' && Math.abs(north) <= 90 && Math.abs(east) <= 180 && (north !== 0 || east !== 0)
  return isPlace ? `<gml:Point srsName="urn:ogc:def:crs:EPSG::4326"><gml:pos>${north} ${east}</gml:pos></gml:Point>` : undefined
}

const ESCAPES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&apos;' }

/** Characters that XML cannot carry at all (XML 1.0 2.2) become spaces. */
function escapeXml(text: string): string {
  return text.toWellFormed().replaceAll(/[^\t\n\r\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]/gu, ' ').replaceAll(/[&<>"']/g, (character) => ESCAPES[character] ?? '') // prettier-ignore
}
