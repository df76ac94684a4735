/*
 * Header names this stack knows, each with a small integer id, so that looking for a header in a message compares integers.
 * To add a header: write it into one of the two lists; a name in LISTS is split at commas by `headers()`.
 */

/** Headers whose grammar is a comma list (RFC 3261 7.3.1 and the RFCs of the extensions). */
const LISTS =
  'via contact route record-route accept accept-contact accept-encoding accept-language accept-resource-priority alert-info allow ' +
  'allow-events call-info content-encoding content-language diversion error-info geolocation history-info in-reply-to ' +
  'p-access-network-info p-asserted-identity p-associated-uri p-early-media p-preferred-identity p-visited-network-id path proxy-require ' +
  'reason recv-info reject-contact remote-party-id request-disposition require resource-priority service-route supported unsupported warning'

/** One field, one value. Credentials and challenges have commas inside (RFC 3261 7.3.1). */
const SINGLES =
  'from to call-id cseq max-forwards content-length content-type expires timestamp authentication-info authorization content-disposition ' +
  'date event flow-timer identity info-package min-expires min-se mime-version organization p-called-party-id p-charging-vector priority ' +
  'privacy proxy-authenticate proxy-authorization rack refer-sub refer-to referred-by replaces reply-to retry-after rseq server ' +
  'session-expires sip-etag sip-if-match subject subscription-state target-dialog user-agent user-to-user www-authenticate'

/** RFC 3261 7.3.3 and the registry of compact forms. */
const COMPACT_FORMS: Readonly<Record<string, string>> = {
  a: 'accept-contact',
  b: 'referred-by',
  c: 'content-type',
  d: 'request-disposition',
  e: 'content-encoding',
  f: 'from',
  i: 'call-id',
  j: 'reject-contact',
  k: 'supported',
  l: 'content-length',
  m: 'contact',
  o: 'event',
  r: 'refer-to',
  s: 'subject',
  t: 'to',
  u: 'allow-events',
  v: 'via',
  x: 'session-expires',
  y: 'identity',
}

const LIST_NAMES = LISTS.split(' ')
/** A name's id is its place here; 0 stands for every header not listed. */
const NAMES = ['', ...LIST_NAMES, ...SINGLES.split(' ')]

/** Ids are smaller than this. */
export const HEADER_ID_COUNT = NAMES.length

const TABLE_SIZE = 512
/** Hash → place of a spelling in the two arrays below, 0 where there is none; collisions go to the next slot. */
const TABLE = new Int16Array(TABLE_SIZE)
const SPELLING_ID = new Int16Array(TABLE_SIZE)
/** Each spelling: its length, then its letters, in as many bytes. */
const SPELLING_STRIDE = 32
const SPELLING_LETTERS = new Uint8Array(TABLE_SIZE * SPELLING_STRIDE)

const spellings = [...NAMES.slice(1).map((name): [string, string] => [name, name]), ...Object.entries(COMPACT_FORMS)]
for (const [place, [spelling, name]] of spellings.entries()) addSpelling(place + 1, spelling, NAMES.indexOf(name))

function addSpelling(place: number, spelling: string, id: number): void {
  const letters = Buffer.from(spelling, 'latin1')
  let slot = hash(letters, 0, letters.length)
  while (TABLE[slot] !== 0) slot = (slot + 1) % TABLE_SIZE
  TABLE[slot] = place
  SPELLING_ID[place] = id
  SPELLING_LETTERS.set([letters.length, ...letters], place * SPELLING_STRIDE)
}

/** First, last and middle letter (case ignored) and length tell nearly all names apart. */
function hash(letters: Uint8Array, start: number, end: number): number {
  const first = (letters[start] ?? 0) | 32
  const last = (letters[end - 1] ?? 0) | 32
  const middle = (letters[(start + end) >> 1] ?? 0) | 32
  return ((end - start) * 8 + first * 62 + last + middle * 3) % TABLE_SIZE
}

/** The id of the header name between two positions, whatever its case or form; 0 for a name not known here. */
export function headerIdAt(letters: Uint8Array, start: number, end: number): number {
  if (end <= start) return 0
  for (let slot = hash(letters, start, end); ; slot = (slot + 1) % TABLE_SIZE) {
    const place = TABLE[slot] ?? 0
    if (place === 0 || isSpelling(place, letters, start, end)) return SPELLING_ID[place] ?? 0
  }
}

function isSpelling(place: number, letters: Uint8Array, start: number, end: number): boolean {
  let letter = place * SPELLING_STRIDE
  if (SPELLING_LETTERS[letter] !== end - start) return false
  for (let at = start; at < end; at++) {
    const code = letters[at] ?? 0
    const wanted = SPELLING_LETTERS[++letter] ?? 0
    if (code !== wanted && (code + 32 !== wanted || code < 65 || code > 90)) return false
  }
  return true
}

/** The names asked for in code are few and the same each time; beyond that many, they are looked up anew. */
const MAX_KNOWN_SPELLINGS = 500
const idBySpelling = new Map<string, number>()

/** The id of a header name; 0 for a name not known here. */
export function headerIdOf(name: string): number {
  let id = idBySpelling.get(name)
  if (id === undefined) {
    const letters = Buffer.from(name, 'utf8')
    id = headerIdAt(letters, 0, letters.length)
    if (idBySpelling.size < MAX_KNOWN_SPELLINGS) idBySpelling.set(name, id)
  }
  return id
}

/** Whether the grammar of the header is a comma list. */
export function isCommaList(headerId: number): boolean {
  return headerId > 0 && headerId <= LIST_NAMES.length
}

export const VIA = headerIdOf('via')
export const FROM = headerIdOf('from')
export const TO = headerIdOf('to')
export const CALL_ID = headerIdOf('call-id')
export const CSEQ = headerIdOf('cseq')
export const CONTACT = headerIdOf('contact')
export const ROUTE = headerIdOf('route')
export const RECORD_ROUTE = headerIdOf('record-route')
export const MAX_FORWARDS = headerIdOf('max-forwards')
export const CONTENT_LENGTH = headerIdOf('content-length')
export const CONTENT_TYPE = headerIdOf('content-type')
export const TIMESTAMP = headerIdOf('timestamp')
export const EXPIRES = headerIdOf('expires')
export const AUTHORIZATION = headerIdOf('authorization')
export const PROXY_AUTHORIZATION = headerIdOf('proxy-authorization')
