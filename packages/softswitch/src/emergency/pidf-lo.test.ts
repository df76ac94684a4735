import { describe, expect, it } from 'vitest'
import { pidfLocation } from './pidf-lo.ts'

const ADDRESS = {
  streetNumber: '1064 1/2',
  preDirectional: 'S',
  streetName: 'NORTH COUNTY',
  streetSuffix: 'BLVD',
  postDirectional: '',
  unit: 'STE 500',
  city: 'PLEASANT GROVE',
  state: 'UT',
  postalCode: '84062',
  country: 'USA',
  latitude: '40.33',
  longitude: '-111.72',
}
const SUBJECT = { entity: 'pres:+18015550001@192.0.2.1', atMs: Date.UTC(2026, 0, 5, 10) }

const elements = (xml: string): readonly (readonly [string, string])[] =>
  [...xml.matchAll(/<ca:(\w+)>([^<]*)</g)].map(([, name = '', value = '']) => [name, value])

describe('the location a PSAP gets (RFC 4119, RFC 5139, RFC 5491)', () => {
  it('has the civic address in the order of the schema, elements that do not apply left out', () => {
    expect(elements(pidfLocation(ADDRESS, SUBJECT))).toEqual([
      ['country', 'US'],
      ['A1', 'UT'],
      ['A3', 'PLEASANT GROVE'],
      ['PRD', 'S'],
      ['RD', 'NORTH COUNTY'],
      ['STS', 'BLVD'],
      ['HNO', '1064'],
      ['HNS', '1/2'],
      ['PC', '84062'],
      ['UNIT', 'STE 500'],
    ])
  })

  it('has the point in a tuple of its own, after the address (RFC 5491 3.3)', () => {
    const xml = pidfLocation(ADDRESS, SUBJECT)
    expect([...xml.matchAll(/<tuple id="(\w+)">/g)].map(([, id]) => id)).toEqual(['civic', 'point'])
    expect(xml).toContain('<gml:Point srsName="urn:ogc:def:crs:EPSG::4326"><gml:pos>40.33 -111.72</gml:pos></gml:Point>')
    expect(xml).toContain(`entity="${SUBJECT.entity}"`)
    expect(xml.match(/<timestamp>2026-01-05T10:00:00.000Z<\/timestamp>/g)).toHaveLength(2)
    expect(xml.match(/<gp:method>Manual<\/gp:method>/g)).toHaveLength(2)
    // RFC 4119 2.2.2: it goes on to who sends help.
    expect(xml.match(/<gbp:retransmission-allowed>yes<\/gbp:retransmission-allowed>/g)).toHaveLength(2)
  })

  it.each([
    [undefined, '1'],
    ['', ''],
    ['0', '0'],
    ['91', '0'],
    ['north', '1'],
  ])('has no point that is none: %s %s', (latitude, longitude) => {
    expect(pidfLocation({ ...ADDRESS, latitude, longitude }, SUBJECT)).not.toContain('gml:pos')
  })

  it('stays well formed whatever an address contains', () => {
    const streetName = `A & B <"'>]]>\u0000\u0008\uD800 Ünï`
    const xml = pidfLocation({ ...ADDRESS, streetName }, SUBJECT)
    expect(xml).toContain('<ca:RD>A &amp; B &lt;&quot;&apos;&gt;]]&gt;  \uFFFD Ünï</ca:RD>')
    expect(xml.match(/<(?!\/|\?)/g)?.length).toBe(xml.match(/<\//g)?.length)
  })
})
