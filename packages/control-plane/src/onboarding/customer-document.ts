import { err, ok, type Result } from '@dialtone/foundation'
import { type ApiFailure, invalidField } from '../failures/index.ts'

/** One thing of the document: what its own operation would get as a body, and under which name the rest of the document points at it. */
export interface DocumentItem {
  readonly section: string
  readonly index: number
  readonly as: string | undefined
  readonly body: Readonly<Record<string, unknown>>
}

/** A section of the document, and the operation that creates its items. In the order in which they can point at each other. */
export const SECTIONS: readonly { readonly name: string; readonly path: string }[] = [
  { name: 'numbers', path: 'telephonenumber' },
  { name: 'voicemailBoxes', path: 'voicemailbox' },
  { name: 'users', path: 'user' },
  { name: 'devices', path: 'deviceline' },
  { name: 'businessLineVoicemailBoxes', path: 'business-line/voicemail-box' },
  { name: 'businessLines', path: 'business-line' },
  { name: 'sipTrunks', path: 'siptrunk_2' },
  { name: 'specialtyLines', path: 'specialty-line' },
  { name: 'callGroups', path: 'group' },
  { name: 'businessLineHuntGroups', path: 'business-line-hunt-group' },
  { name: 'huntGroups', path: 'hunt-group' },
  { name: 'callQueues', path: 'call-queue' },
  { name: 'ivrs', path: 'ivr' },
  { name: 'pagingGroups', path: 'grouppaging' },
  { name: 'pickupGroups', path: 'grouppickup' },
  { name: 'parkingSpots', path: 'callpark' },
]

const NAME = /^[A-Za-z][A-Za-z0-9_-]{0,63}$/
const POINTER = /^\$([A-Za-z][A-Za-z0-9_-]{0,63})$/
const MAX_ITEMS = 1000
const MAX_DEPTH = 32

/** The items of a document in the order they are made. Two with one name are refused here; what they say is checked by their operations. */
export function itemsOf(document: Readonly<Record<string, unknown>>): Result<readonly DocumentItem[], ApiFailure> {
  const items: DocumentItem[] = []
  const names = new Set<string>()
  for (const { name: section } of SECTIONS) {
    const given = document[section] ?? []
    if (!Array.isArray(given)) return err(invalidField(section, 'is no list', 'a list of objects'))
    for (const [index, item] of given.entries()) {
      const read = itemOf(section, index, item)
      if (!read.ok) return read
      const { as } = read.value
      if (as !== undefined && names.has(as)) return err(invalidField(`${section}.${index}.as`, `"${as}" names two things`, 'every name once', 'DuplicateName'))
      if (as !== undefined) names.add(as)
      items.push(read.value)
    }
  }
  return items.length > MAX_ITEMS ? err(invalidField('document', `holds ${items.length} things`, `at most ${MAX_ITEMS}`)) : ok(items)
}

function itemOf(section: string, index: number, item: unknown): Result<DocumentItem, ApiFailure> {
  if (typeof item !== 'object' || item === null || Array.isArray(item)) return err(invalidField(`${section}.${index}`, 'is no object', 'an object'))
  const { as, ...body } = item as Readonly<Record<string, unknown>>
  if (as !== undefined && (typeof as !== 'string' || !NAME.test(as)))
    return err(invalidField(`${section}.${index}.as`, 'is no name', 'a letter, then letters, digits, _ and -, at most 64'))
  return ok({ section, index, as, body })
}

/** Puts ids where names stand: `"$ann"` becomes the id of what was made `as` ann. */
export function withIds(value: unknown, ids: ReadonlyMap<string, string>, depth = 0): Result<unknown, ApiFailure> {
  if (depth > MAX_DEPTH) return err(invalidField('document', 'is too deep', `${MAX_DEPTH} levels`))
  if (typeof value === 'string') {
    const name = POINTER.exec(value)?.[1]
    if (name === undefined) return ok(value)
    const id = ids.get(name)
    return id === undefined
      ? err(invalidField('document', `nothing before it is called "${name}"`, 'a name given with "as" earlier on', 'UnknownName'))
      : ok(id)
  }
  if (Array.isArray(value)) return allOf(value.map((member) => withIds(member, ids, depth + 1)))
  if (typeof value !== 'object' || value === null) return ok(value)
  const names = Object.keys(value)
  const members = allOf(Object.values(value).map((member) => withIds(member, ids, depth + 1)))
  return members.ok ? ok(Object.fromEntries(names.map((name, place) => [name, members.value[place]]))) : members
}

function allOf(results: readonly Result<unknown, ApiFailure>[]): Result<readonly unknown[], ApiFailure> {
  const values: unknown[] = []
  for (const result of results) {
    if (!result.ok) return result
    values.push(result.value)
  }
  return ok(values)
}
