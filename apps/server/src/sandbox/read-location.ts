/** Elements of a civic address (RFC 5139) by our names for them (C-35). */
const CIVIC: Readonly<Record<string, string>> = {
  HNO: 'streetNumber',
  PRD: 'preDirectional',
  RD: 'streetName',
  STS: 'streetSuffix',
  POD: 'postDirectional',
  UNIT: 'unit',
  A3: 'city',
  A1: 'state',
  PC: 'postalCode',
  country: 'country',
}

/** What a dispatcher would read off a PIDF-LO: the first civic address and the first point. Enough to try things out, no XML parser. */
export function readLocation(xml: string): Readonly<Record<string, string>> | undefined {
  const location: Record<string, string> = {}
  const civic = /<(?:\w+:)?civicAddress\b[^>]*>(.*?)<\/(?:\w+:)?civicAddress>/s.exec(xml)?.[1] ?? ''
  for (const [, element = '', value = ''] of civic.matchAll(/<(?:\w+:)?(\w+)>([^<]*)<\//g)) {
    const name = Object.hasOwn(CIVIC, element) ? CIVIC[element] : undefined
    if (name !== undefined) location[name] = unescapeXml(value)
  }
  const point = /<(?:\w+:)?pos>\s*(\S+)\s+(\S+)\s*<\//.exec(xml)
  if (point !== null) Object.assign(location, { latitude: point[1], longitude: point[2] })
  return Object.keys(location).length === 0 ? undefined : location
}

const ENTITIES: Readonly<Record<string, string>> = { lt: '<', gt: '>', quot: '"', apos: "'", amp: '&' }

function unescapeXml(text: string): string {
  return text.replaceAll(/&(lt|gt|quot|apos|amp);/g, (_, name: string) => ENTITIES[name] ?? '')
}
