import type { SeededNumbers } from './seeded-numbers.ts'

/** What breaks parsers, put anywhere. One character a byte. */
const PIECES = [
  '\0',
  '\r',
  '\n',
  '\r\n',
  '\r\n\r\n',
  '\r\n ',
  '\r\n\t',
  ',',
  ';',
  ';;',
  '<',
  '>',
  '<<',
  '"',
  '\\',
  '\\"',
  ':',
  '@',
  '=',
  '?',
  '%00',
  '%',
  '[',
  ']',
  '[::',
  ' ',
  '  ',
  '*',
  'sip:',
  'sips:',
  'tel:',
  'SIP/2.0',
  ';lr',
  ';tag=',
  ';rport=99999999',
  ';received=[::',
  ';maddr=255.255.255.255',
  ';branch=z9hG4bK',
  '0',
  '-1',
  '65536',
  '2147483648',
  '4294967296',
  '99999999999999999999',
  '\xff\xfe',
  '\xc3\x28',
  '\xe2\x28\xa1',
  '\xf0\x9f\x98\x80',
  '\xed\xa0\x80',
] as const

/** Header lines that make two of one, or claim what is not so. */
const LINES = [
  'Content-Length: 0',
  'l: 5',
  'Content-Length: 99999999999999999999',
  'Content-Length: -1',
  'Via: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bKx',
  'v:',
  'Contact: *',
  'm: <sip:a@b>, *',
  'CSeq: 4294967296 INVITE',
  'CSeq: 1 FOO',
  'Call-ID:',
  'From: <sip:',
  't: "x',
  'Max-Forwards: 256',
  'Route: <sip:[>',
  'Record-Route: ,,,,',
  'Require: x, ,y',
  'Authorization: Digest ,,,',
  'Proxy-Authorization: Digest username="a',
  ' folded',
  ':',
  'no colon',
] as const

/**
 * A message damaged in one to six places: bytes flipped, cut out, doubled, put in; header lines doubled, moved, folded, put in;
 * numbers made huge; the tail of another message.
 * @param text one character a byte
 * @param others where a tail may come from
 */
export function mutateMessage(text: string, numbers: SeededNumbers, others: readonly string[]): string {
  let mutated = text
  for (let left = 1 + numbers.below(6); left > 0; left--) mutated = mutateOnce(mutated, numbers, others)
  return mutated.slice(0, 65_535)
}

type Mutation = (text: string, numbers: SeededNumbers, others: readonly string[]) => string

const MUTATIONS: readonly [Mutation, ...Mutation[]] = [
  flipByte,
  flipByte,
  cutOut,
  double,
  putIn,
  putIn,
  putIn,
  repeatPiece,
  truncate,
  doubleLine,
  moveLine,
  dropLine,
  putInLine,
  foldLine,
  changeCase,
  growNumber,
  spliceOther,
]

function mutateOnce(text: string, numbers: SeededNumbers, others: readonly string[]): string {
  return numbers.pick(MUTATIONS)(text, numbers, others)
}

function flipByte(text: string, numbers: SeededNumbers): string {
  const at = numbers.below(text.length)
  return text.slice(0, at) + String.fromCharCode((text.charCodeAt(at) ^ (1 << numbers.below(8))) & 0xff) + text.slice(at + 1)
}

function cutOut(text: string, numbers: SeededNumbers): string {
  const at = numbers.below(text.length)
  return text.slice(0, at) + text.slice(at + 1 + numbers.below(numbers.oneIn(2) ? 4 : 80))
}

function double(text: string, numbers: SeededNumbers): string {
  const at = numbers.below(text.length)
  const end = at + 1 + numbers.below(60)
  return text.slice(0, end) + text.slice(at)
}

function putIn(text: string, numbers: SeededNumbers): string {
  const at = numbers.below(text.length + 1)
  return text.slice(0, at) + numbers.pick(PIECES) + text.slice(at)
}

function repeatPiece(text: string, numbers: SeededNumbers): string {
  const at = numbers.below(text.length + 1)
  return text.slice(0, at) + numbers.pick(PIECES).repeat(1 + numbers.below(300)) + text.slice(at)
}

function truncate(text: string, numbers: SeededNumbers): string {
  return numbers.oneIn(3) ? text.slice(0, numbers.below(text.length)) : text
}

function changeLines(text: string, change: (lines: string[]) => void): string {
  const lines = text.split('\r\n')
  change(lines)
  return lines.join('\r\n')
}

function doubleLine(text: string, numbers: SeededNumbers): string {
  return changeLines(text, (lines) => {
    const line = lines[numbers.below(lines.length)] ?? ''
    const copies = numbers.oneIn(8) ? 300 : 1
    lines.splice(numbers.below(lines.length), 0, ...Array.from({ length: copies }, () => line))
  })
}

function moveLine(text: string, numbers: SeededNumbers): string {
  return changeLines(text, (lines) => void lines.splice(numbers.below(lines.length), 0, ...lines.splice(numbers.below(lines.length), 1)))
}

function dropLine(text: string, numbers: SeededNumbers): string {
  return changeLines(text, (lines) => void lines.splice(numbers.below(lines.length), 1))
}

function putInLine(text: string, numbers: SeededNumbers): string {
  return changeLines(text, (lines) => void lines.splice(1 + numbers.below(lines.length), 0, numbers.pick(LINES)))
}

function foldLine(text: string, numbers: SeededNumbers): string {
  const space = text.indexOf(' ', numbers.below(text.length))
  return space < 0 ? text : `${text.slice(0, space)}\r\n${numbers.oneIn(2) ? ' ' : '\t \t'}${text.slice(space + 1)}`
}

function changeCase(text: string, numbers: SeededNumbers): string {
  const at = numbers.below(text.length)
  const end = at + numbers.below(40)
  const piece = text.slice(at, end)
  return text.slice(0, at) + (numbers.oneIn(2) ? piece.toUpperCase() : piece.toLowerCase()).slice(0, piece.length) + text.slice(end)
}

function growNumber(text: string, numbers: SeededNumbers): string {
  const numbersInText = [...text.matchAll(/\d+/g)]
  const chosen = numbersInText[numbers.below(numbersInText.length)]
  if (chosen === undefined) return text
  const huge = numbers.pick(['0', '00', '-1', '65536', '2147483647', '2147483648', '4294967295', '4294967296', '9'.repeat(40), '1e9', '0x10', '１'])
  return text.slice(0, chosen.index) + huge + text.slice(chosen.index + chosen[0].length)
}

function spliceOther(text: string, numbers: SeededNumbers, others: readonly string[]): string {
  const other = others[numbers.below(others.length)] ?? text
  return text.slice(0, numbers.below(text.length)) + other.slice(numbers.below(other.length))
}
