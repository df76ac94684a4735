/** What rtpengine's control protocol carries. */
export type Bencodable = number | string | readonly Bencodable[] | { readonly [key: string]: Bencodable }

export function encodeBencode(value: Bencodable): string {
  if (typeof value === 'number') return `i${value}e`
  if (typeof value === 'string') return `${Buffer.byteLength(value)}:${value}`
  if (isList(value)) return `l${value.map(encodeBencode).join('')}e`
  const entries = Object.entries(value).map(([key, member]) => encodeBencode(key) + encodeBencode(member))
  return `d${entries.join('')}e`
}

/** @throws when the bytes are no bencode */
export function decodeBencode(bytes: Buffer): Bencodable {
  return decodeAt(bytes, 0).value
}

interface Decoded {
  readonly value: Bencodable
  readonly end: number
}

const [INTEGER, LIST, DICTIONARY, END] = ['i', 'l', 'd', 'e'].map((letter) => letter.charCodeAt(0))

function decodeAt(bytes: Buffer, at: number): Decoded {
  const type = bytes[at]
  if (type === INTEGER) {
    const end = bytes.indexOf('e', at)
    return { value: Number(bytes.toString('latin1', at + 1, end)), end: end + 1 }
  }
  if (type === LIST) {
    const { members, end } = membersAt(bytes, at + 1)
    return { value: members, end }
  }
  if (type === DICTIONARY) {
    const { members, end } = membersAt(bytes, at + 1)
    const entries = members.flatMap((key, index) => (index % 2 === 0 ? [[keyOf(key), members[index + 1] ?? ''] as const] : []))
    return { value: Object.fromEntries(entries), end }
  }
  const colon = bytes.indexOf(':', at)
  if (colon < 0) throw new TypeError(`no bencode at ${at}`)
  const end = colon + 1 + Number(bytes.toString('latin1', at, colon))
  return { value: bytes.toString('utf8', colon + 1, end), end }
}

function membersAt(bytes: Buffer, at: number): { readonly members: readonly Bencodable[]; readonly end: number } {
  const members: Bencodable[] = []
  let position = at
  while (position < bytes.length && bytes[position] !== END) {
    const { value, end } = decodeAt(bytes, position)
    members.push(value)
    position = end
  }
  return { members, end: position + 1 }
}

function keyOf(value: Bencodable): string {
  if (typeof value !== 'string') throw new TypeError('a key of a dictionary is no text')
  return value
}

function isList(value: Bencodable): value is readonly Bencodable[] {
  return Array.isArray(value)
}
