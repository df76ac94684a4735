import { readdirSync, readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createRequest, createResponse, parseMessage, parseNameAddress, parseUri, parseVia, serialize, StreamFramer } from '../src/message/index.ts'
import { parseAndReadEverything } from './read-everything.ts'

fc.configureGlobal({ seed: Number(process.env['PROPERTY_SEED'] ?? 1) })

const FOLDER = new URL('vectors/rfc4475/', import.meta.url)
const VECTORS = readdirSync(FOLDER).flatMap((file) => (file.endsWith('.dat') ? [readFileSync(new URL(file, FOLDER))] : []))

const TOKEN = fc.stringMatching(/^[A-Za-z0-9.!%*_+`'~-]{1,20}$/)
/** Any text a header may carry: no line breaks, and no spaces at its ends, which reading takes off. */
const VALUE = fc.string({ unit: 'grapheme', maxLength: 60 }).map((text) =>
  text
    .replaceAll(/[\r\n]/g, ' ')
    .replace(/^[ \t]+/, '')
    .replace(/[ \t]+$/, ''),
)
const HEADERS = fc.array(
  fc.tuple(
    TOKEN.filter((name) => !/^(l|c|content-length|content-type)$/i.test(name)),
    VALUE,
  ),
  { maxLength: 20 },
)
const BODY = fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes))
const REQUEST = fc
  .record({ method: TOKEN, uri: fc.webUrl(), headers: HEADERS, body: BODY })
  .filter(({ method }) => !/^sip$/i.test(method))
  .map((parts) => createRequest(parts))

/** Pieces that mean something in a message, to be thrown into others. */
const PIECE = fc.oneof(
  fc.constantFrom(
    '\r\n',
    '\n',
    '\r',
    '\r\n ',
    ':',
    ';',
    ',',
    '"',
    '\\',
    '<',
    '>',
    '@',
    '?',
    '=',
    '%00',
    '[',
    ']',
    'SIP/2.0',
    'Via:',
    'l: 5\r\n',
    ' ',
    '\0',
    '\xff',
  ),
  fc.string({ maxLength: 8 }),
)
const MUTATION = fc.record({ at: fc.double({ min: 0, max: 1, noNaN: true }), removed: fc.nat(20), inserted: PIECE })
const MUTATED_VECTOR = fc.tuple(fc.constantFrom(...VECTORS), fc.array(MUTATION, { minLength: 1, maxLength: 6 })).map(([vector, mutations]) => {
  let text = vector.toString('latin1')
  for (const { at, removed, inserted } of mutations) {
    const position = Math.floor(at * text.length)
    text = text.slice(0, position) + inserted + text.slice(position + removed)
  }
  return Buffer.from(text, 'latin1')
})

describe('messages, whatever they are made of', () => {
  it('read back as they were built: start line, every header in order, every byte of the body', () => {
    fc.assert(
      fc.property(REQUEST, (request) => {
        const parsed = parseMessage(serialize(request))
        if (!parsed.ok || parsed.value.kind !== 'request') throw new Error('not read back')
        const back = parsed.value
        expect([back.method, back.uriText, back.allHeaders(), back.body]).toEqual([request.method, request.uriText, request.allHeaders(), request.body])
        expect(serialize(back)).toEqual(serialize(request))
        expect(request.allHeaders().map(([name]) => request.header(name))).toEqual(back.allHeaders().map(([name]) => back.header(name)))
      }),
    )
  })

  it('give responses that read back, with the Via, From, Call-ID and CSeq as they came (RFC 3261 8.2.6.2)', () => {
    fc.assert(
      fc.property(MUTATED_VECTOR, fc.integer({ min: 100, max: 699 }), (bytes, statusCode) => {
        const parsed = parseMessage(bytes)
        if (!parsed.ok || parsed.value.kind !== 'request') return
        const response = createResponse(parsed.value, statusCode, { toTag: 'ours', headers: [['Server', 'Dialtone']] })
        const back = parseMessage(serialize(response))
        if (!back.ok) throw new Error(back.error.reason)
        // A carriage return that stood alone became a space: it must not reach a peer that takes it for a line end.
        const clean = (value: string): string => value.replaceAll('\r', ' ').trim()
        expect(back.value.headers('via').map(clean)).toEqual(parsed.value.headers('via').map(clean))
        for (const name of ['from', 'call-id', 'cseq']) {
          const value = parsed.value.header(name)
          expect(back.value.header(name)).toBe(value === undefined ? undefined : clean(value))
        }
        expect(back.value.header('server')).toBe('Dialtone')
      }),
    )
  })

  it('never throw when they are damaged vectors of RFC 4475', () => {
    fc.assert(
      fc.property(MUTATED_VECTOR, (bytes) => void parseAndReadEverything(bytes)),
      { numRuns: 2000 },
    )
  })

  it('never throw when they are arbitrary bytes', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 400 }), (bytes) => void parseAndReadEverything(Buffer.from(bytes))))
    fc.assert(fc.property(fc.array(PIECE, { maxLength: 60 }), (pieces) => void parseAndReadEverything(Buffer.from(pieces.join(''), 'latin1'))))
  })

  it('never let a header value break into another line', () => {
    fc.assert(
      fc.property(MUTATED_VECTOR, (bytes) => {
        const parsed = parseMessage(bytes)
        if (!parsed.ok) return
        for (const [name, value] of parsed.value.allHeaders()) expect(`${name}${value}`).not.toContain('\n')
      }),
    )
  })
})

describe('values, whatever they are made of', () => {
  const TEXT = fc.array(PIECE, { maxLength: 12 }).map((pieces) => pieces.join(''))

  it('never throw', () => {
    fc.assert(
      fc.property(TEXT, (text) => {
        for (const read of [parseUri, parseNameAddress, parseVia]) read(text)
        for (const prefix of ['sip:', '"x" <sip:', 'SIP/2.0/UDP ']) for (const read of [parseUri, parseNameAddress, parseVia]) read(prefix + text)
      }),
    )
  })
})

describe('streams, wherever they are cut', () => {
  const OUTPUT = (bytes: Buffer, cuts: readonly number[]): readonly unknown[] => {
    const framer = new StreamFramer({ maxMessageBytes: 4096 })
    const edges = [0, ...cuts.map((cut) => Math.floor(cut * bytes.length)).toSorted((a, b) => a - b), bytes.length]
    const pieces = edges.slice(1).flatMap((edge, index) => framer.push(bytes.subarray(edges[index], edge)))
    return [...pieces, framer.failure]
  }

  it('give the same messages, keep-alives and failure (RFC 3261 18.3)', () => {
    const UNIT = fc.oneof(REQUEST.map(serialize), fc.constant(Buffer.from('\r\n\r\n')), fc.constant(Buffer.from('\r\n')), MUTATED_VECTOR)
    const CUTS = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 12 })
    fc.assert(
      fc.property(fc.array(UNIT, { maxLength: 5 }), CUTS, (units, cuts) => {
        const bytes = Buffer.concat(units)
        expect(OUTPUT(bytes, cuts)).toEqual(OUTPUT(bytes, []))
      }),
    )
  })

  it('give back what was put in', () => {
    fc.assert(
      fc.property(fc.array(REQUEST.map(serialize), { maxLength: 5 }), (messages) => {
        expect(OUTPUT(Buffer.concat(messages), [])).toEqual([...messages, undefined])
      }),
    )
  })
})
