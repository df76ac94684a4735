import { err, type Result } from '@dialtone/foundation'
import Type, { type Static, type TSchema } from 'typebox'
import { type ApiFailure, invalidFields, pascalCase } from '../failures/index.ts'
import { mergePatch } from './merge-patch.ts'
import { named } from './named-schema.ts'
import { checkSchema } from './schema-validation.ts'

/** Members of a patch that say what others say in other words: the others are stored no more, for both would be read as the stored one. */
export type Displacing = Readonly<Record<string, readonly string[]>>

/**
 * What a PATCH makes of what is stored, as the body of a PUT.
 * @param lasting members a replace without them keeps: `null` cannot remove them, and is refused rather than passed over
 */
export function patchedBody<Schema extends TSchema>(
  schema: Schema,
  before: unknown,
  patch: Readonly<Record<string, unknown>>,
  lasting: readonly string[] = [],
  displacing: Displacing = {},
): Result<Static<Schema>, ApiFailure> {
  const refused = removalFailure(patch, lasting)
  if (refused !== undefined) return err(refused)
  const displaced = new Set(Object.entries(displacing).flatMap(([word, members]) => (word in patch ? members : [])))
  const kept = displaced.size === 0 ? before : Object.fromEntries(Object.entries(before as object).filter(([member]) => !displaced.has(member)))
  return checkSchema(schema, mergePatch(kept, patch))
}

/** Why a patch does not take away what has to stay. */
export function removalFailure(patch: Readonly<Record<string, unknown>>, lasting: readonly string[]): ApiFailure | undefined {
  const fields = lasting.filter((field) => patch[field] === null)
  const rule = 'a value; left out, it stays as it is'
  return fields.length === 0
    ? undefined
    : invalidFields(fields.map((field) => ({ field, code: `${pascalCase(field)}Required`, reason: 'cannot be removed', rule })))
}

const NOTHING = { type: 'null' } as const
const patches = new WeakMap<TSchema, TSchema>()

/** How the PATCH beside a PUT is published: every member may be left out, and may be null where that means something. */
export function patchSchemaOf(replace: TSchema): TSchema | undefined {
  const { properties, title } = replace as { readonly properties?: Readonly<Record<string, TSchema>>; readonly title?: string }
  if (properties === undefined) return undefined
  const known = patches.get(replace)
  if (known !== undefined) return known
  const members = Object.entries(properties).map(([name, member]) => [name, Type.Unsafe({ anyOf: [member, NOTHING] })] as const)
  const schema = Type.Unsafe<unknown>({
    type: 'object',
    description: 'JSON Merge Patch (RFC 7396): a member that is left out stays, null takes it away or back to its default, or is refused by its name.',
    properties: Object.fromEntries(members),
  })
  const published = title === undefined ? schema : named(`${title}Patch`, schema)
  patches.set(replace, published)
  return published
}
