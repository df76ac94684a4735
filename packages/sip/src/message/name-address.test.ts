import { describe, expect, it } from 'vitest'
import { formatNameAddress, parseNameAddress } from './name-address.ts'
import { ParameterMap } from './parameter-map.ts'

function parametersOf(entries: readonly (readonly [string, string])[]): ParameterMap {
  const parameters = new ParameterMap()
  for (const [name, value] of entries) parameters.add(name, value)
  return parameters
}

describe('parseNameAddress', () => {
  it.each([
    ['"Alice \\"A\\" <x>, Inc." <sip:a@b;lr>;tag=1', 'Alice "A" <x>, Inc.', 'sip:a@b;lr', '1'],
    ['Alice Example <sip:a@b>; tag = "x y"', 'Alice Example', 'sip:a@b', 'x y'],
    ['<sip:a@b>;TAG=1', '', 'sip:a@b', '1'],
    ['sip:a@b;tag=1', '', 'sip:a@b', '1'],
    ['sip:a@b ;tag=1', '', 'sip:a@b', '1'],
    ['caller<sip:a@b>', 'caller', 'sip:a@b', undefined],
    ['"Jürgen 大停電" <sip:a@b>', 'Jürgen 大停電', 'sip:a@b', undefined],
    ['"" <sip:a@b>', '', 'sip:a@b', undefined],
    ['sip:a@b;x="<"', '', 'sip:a@b', undefined],
    ['Watson, Thomas <sip:a@b>', 'Watson, Thomas', 'sip:a@b', undefined],
    ['"W" < sip:a@b >', 'W', 'sip:a@b', undefined],
    ['<tel:+12015550123>', '', 'tel:+12015550123', undefined],
  ])('reads %s (RFC 3261 20.10)', (text, displayName, uriText, tag) => {
    const address = parseNameAddress(text)
    expect([address?.displayName, address?.uriText, address?.parameters.get('tag')]).toEqual([displayName, uriText, tag])
  })

  it('gives parameters after a bare URI to the header, inside <> to the URI (RFC 3261 20)', () => {
    expect(parseNameAddress('sip:a@b;x')?.uri.parameters.size).toBe(0)
    expect(parseNameAddress('<sip:a@b;x>')?.parameters.size).toBe(0)
  })

  it.each([
    '',
    '*',
    '"Alice <sip:a@b>',
    '"Alice\\" <sip:a@b>',
    '<sip:a@b',
    'Alice',
    '"Alice" sip:a@b',
    'sip:a@b?x=y',
    'sip:a@b,sip:c@d',
    '<sip:a@b>;;',
    '<sip:a@b>x',
    '<>',
    '<sip:a@b>;tag="x',
    'a"b <sip:a@b>',
    '<sip:a@b>;tag=a b',
    '"a" b <sip:a@b>',
  ])('refuses %j', (text) => {
    expect(parseNameAddress(text)).toBeUndefined()
  })
})

describe('formatNameAddress', () => {
  it.each(['Alice', 'a "quoted" \\ name', 'Jürgen <x>', ''])('writes a name that reads back: %j', (displayName) => {
    const text = formatNameAddress({
      displayName,
      uri: 'sip:a@b',
      parameters: [
        ['tag', '1'],
        ['x', 'y z'],
        ['lr', ''],
      ],
    })
    expect(parseNameAddress(text)).toMatchObject({
      displayName,
      uriText: 'sip:a@b',
      parameters: parametersOf([
        ['tag', '1'],
        ['x', 'y z'],
        ['lr', ''],
      ]),
    })
  })

  it('lets no name begin a line of its own', () => {
    expect(formatNameAddress({ displayName: 'a\r\nVia: x', uri: 'sip:a@b' })).toBe('"a  Via: x" <sip:a@b>')
  })
})
