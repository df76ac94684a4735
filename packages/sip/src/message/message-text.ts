import { Characters, readWhole } from './characters.ts'
import { type Read, readMembers, slice } from './comma-list.ts'
import { FIELD_STRIDE, FOLDED, ID_MASK } from './header-index.ts'
import { headerIdOf, isCommaList, VIA } from './header-name.ts'
import { decodeText, isAsciiText } from './text-encoding.ts'
import { skipSpaces, trimEnd } from './text-span.ts'
import { endOfToken } from './token.ts'

/** The bytes of a message as text, and where its parts are. */
export interface MessageText {
  /** One character a byte: start line and headers, perhaps followed by the body. */
  readonly characters: Characters
  /** Where the start line begins. */
  readonly start: number
  /** After the empty line. */
  readonly headersEnd: number
  /** See header-index.ts. */
  readonly fields: readonly number[]
  /** The value of the first Via field, when it is another than that in the text: see `withTopViaParameters`. Of ASCII only. */
  readonly viaValue: string | undefined
  /** No byte above 127: what is cut out needs no decoding. */
  readonly isAscii: boolean
  /** The body lies between the two positions of these bytes. */
  readonly bytes: Buffer
  readonly bodyStart: number
  readonly bodyEnd: number
}

/** What a field is read from. */
export type FieldSource = Pick<MessageText, 'characters' | 'fields' | 'viaValue' | 'isAscii'>

/** A header to look for: its id, and its lower-case name when it has none. */
export interface HeaderKey {
  readonly id: number
  readonly name: string
}

/** @param name in any case; compact forms count as the full name */
export function headerKey(name: string): HeaderKey {
  const id = headerIdOf(name)
  return { id, name: id > 0 ? '' : name.toLowerCase() }
}

/** The place of the next field of that id at or after `from`, -1 if none. Not for id 0. */
export function placeOfId(fields: readonly number[], id: number, from: number): number {
  for (let place = from; place < fields.length; place += FIELD_STRIDE) if (((fields[place] ?? 0) & ID_MASK) === id) return place
  return -1
}

/** The place of the next field of that header at or after `from`, -1 if none. */
export function placeOf(source: MessageText, key: HeaderKey, from: number): number {
  let place = placeOfId(source.fields, key.id, from)
  while (place >= 0 && key.id === 0 && nameAt(source, place).toLowerCase() !== key.name) place = placeOfId(source.fields, 0, place + FIELD_STRIDE)
  return place
}

/** The field's name as it came. */
export function nameAt(source: MessageText, place: number): string {
  const { text, bytes } = source.characters
  const start = source.fields[place + 1] ?? 0
  return text.slice(start, endOfToken(bytes, start, text.length))
}

/** The field's value, unfolded, still one character a byte. */
export function rawValueAt(source: FieldSource, place: number): string {
  if (source.viaValue !== undefined && hasOtherValue(source, place)) return source.viaValue
  const value = source.characters.text.slice(source.fields[place + 2] ?? 0, source.fields[place + 3] ?? 0)
  return ((source.fields[place] ?? 0) & FOLDED) === 0 ? value : unfold(value)
}

/** A fold and the white space around it is one space (RFC 3261 7.3.1). */
function unfold(value: string): string {
  return value
    .split('\r\n')
    .map((line) => readWhole(line, trimSpaces))
    .join(' ')
    .trim()
}

function trimSpaces(characters: Characters, start: number, end: number): string {
  return characters.text.slice(skipSpaces(characters, start, end), trimEnd(characters, start, end))
}

/** The field's value, unfolded. */
export function valueAt(source: FieldSource, place: number): string {
  const value = rawValueAt(source, place)
  return source.isAscii ? value : decodeText(value)
}

/** The value of the first field of a known header. */
export function firstValue(source: MessageText, id: number): string | undefined {
  return readFirst(source, id, slice)
}

/** Every value of a header in order, comma lists split. */
export function allValues(source: MessageText, key: HeaderKey): readonly string[] {
  if (isCommaList(key.id)) return readAll(source, key.id, slice)
  const values: string[] = []
  for (let place = placeOf(source, key, 0); place >= 0; place = placeOf(source, key, place + FIELD_STRIDE)) values.push(valueAt(source, place))
  return values
}

/** Reads the first field of a known header with one of the readers of this folder. */
export function readFirst<Value>(source: MessageText, id: number, read: Read<Value>): Value | undefined {
  const place = placeOfId(source.fields, id, 0)
  return place < 0 ? undefined : readField(source, place, read)
}

/** Reads every field of a known header that is no comma list. @param limit how many at most */
export function readFields<Value>(source: MessageText, id: number, read: Read<Value>, limit: number): readonly Value[] {
  const values: Value[] = []
  for (let place = placeOfId(source.fields, id, 0); place >= 0 && values.length < limit; place = placeOfId(source.fields, id, place + FIELD_STRIDE)) {
    values.push(readField(source, place, read))
  }
  return values
}

/** Reads every member of a known header that is a comma list. */
export function readAll<Value>(source: MessageText, id: number, read: Read<Value>): readonly Value[] {
  const values: Value[] = []
  for (let place = placeOfId(source.fields, id, 0); place >= 0; place = placeOfId(source.fields, id, place + FIELD_STRIDE)) {
    if (isPlain(source, place)) readMembers(source.characters, source.fields[place + 2] ?? 0, source.fields[place + 3] ?? 0, read, values)
    else {
      const value = new Characters(valueAt(source, place))
      readMembers(value, 0, value.text.length, read, values)
    }
  }
  return values
}

/** In place where that is possible; else unfolded and decoded first. */
export function readField<Value>(source: FieldSource, place: number, read: Read<Value>): Value {
  if (isPlain(source, place)) return read(source.characters, source.fields[place + 2] ?? 0, source.fields[place + 3] ?? 0)
  return readWhole(valueAt(source, place), read)
}

/** Whether the value can be read where it stands. */
function isPlain(source: FieldSource, place: number): boolean {
  return source.isAscii && ((source.fields[place] ?? 0) & FOLDED) === 0 && !hasOtherValue(source, place)
}

/** Whether the field is the one whose value stands in `viaValue`. */
export function hasOtherValue({ fields, viaValue }: Pick<MessageText, 'fields' | 'viaValue'>, place: number): boolean {
  return viaValue !== undefined && ((fields[place] ?? 0) & ID_MASK) === VIA && placeOfId(fields, VIA, 0) === place
}

/** How many fields of a known header there are. */
export function countFields(source: MessageText, id: number): number {
  let count = 0
  for (let place = placeOfId(source.fields, id, 0); place >= 0; place = placeOfId(source.fields, id, place + FIELD_STRIDE)) count++
  return count
}

/** The same with every value in the text, for who reads over the ends of fields. */
export function wholeText(source: MessageText): MessageText {
  return source.viaValue === undefined ? source : replaceValue(source, placeOfId(source.fields, VIA, 0), source.viaValue)
}

/** Puts the value of the first Via field into the text and moves every position behind it: far cheaper than indexing again. */
export function replaceValue(source: MessageText, place: number, value: string): MessageText {
  const { start, bytes, bodyStart, bodyEnd } = source
  const { text } = source.characters
  const valueStart = source.fields[place + 2] ?? 0
  const valueEnd = source.fields[place + 3] ?? 0
  const shift = value.length - (valueEnd - valueStart)
  const fields = source.fields.slice()
  fields[place] = VIA
  fields[place + 3] = valueEnd + shift
  for (let at = place + FIELD_STRIDE; at < fields.length; at += FIELD_STRIDE) {
    for (let position = at + 1; position < at + FIELD_STRIDE; position++) fields[position] = (fields[position] ?? 0) + shift
  }
  const newText = text.slice(0, valueStart) + value + text.slice(valueEnd, source.headersEnd)
  const isAscii = source.isAscii && isAsciiText(value)
  return { characters: new Characters(newText), start, headersEnd: source.headersEnd + shift, fields, viaValue: undefined, isAscii, bytes, bodyStart, bodyEnd }
}
