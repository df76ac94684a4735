import Type, { type TObject, type TSchema } from 'typebox'

/** A named schema: typed and inlined here, hoisted to `components.schemas` in the published interface. */
export function named<Schema extends TSchema>(title: string, schema: Schema): Schema {
  return Object.assign(schema, { title })
}

/** Pages further out hold nothing, and the database counts no further. */
export const MAX_OFFSET = 1_000_000_000

/** A string that must be one of a fixed list. */
export function oneOf<const Values extends readonly string[]>(values: Values, more: { readonly description?: string } = {}) {
  return Type.Unsafe<Values[number]>({ type: 'string', enum: [...values], ...more })
}

/** An object whose members are not ours to define. */
export function freeObject() {
  return Type.Record(Type.String(), Type.Unknown())
}

export const ProblemSchema: TObject = named(
  'Problem',
  Type.Object({
    status: Type.Integer(),
    messages: Type.Array(Type.String()),
    data: freeObject(),
    errorCode: Type.String(),
    message: Type.String(),
    details: Type.Array(Type.Object({ field: Type.String(), code: Type.String(), reason: Type.String(), rule: Type.String() })),
    timestamp: Type.String(),
    path: Type.String(),
    requestId: Type.String(),
    traceId: Type.String(),
  }),
)

/** What an import says about a line it did not take. */
export const FileProblem = named(
  'FileImportValidationError',
  Type.Object({ lineNumber: Type.Integer(), error: Type.String(), column: Type.String(), input: Type.String() }),
)
