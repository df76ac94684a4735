import type { Ids } from './furnished-tenant.ts'

export const P = '/v2/partition/{partitionId}'
export const A = `${P}/account/{accountId}`

/** Something that is written and read at the same path, with two bodies of all it has: no field is the same in both. */
export interface WrittenThing {
  /** Where it is read, replaced and changed. */
  readonly at: string
  /** Where it is made, if it is not there before. */
  readonly madeAt?: string
  /** Under what its id is known in the path afterwards. */
  readonly idName?: string
  readonly ids?: Ids
  /** Where not every operation at the path takes such a body. */
  readonly writtenBy?: readonly string[]
  readonly bodies: Bodies
  /** Fields that are not read as they are written, or not written at all, and why: what is below them is not judged either. */
  readonly otherwise?: Readonly<Record<string, string>>
  /** Fields that stay when a PUT leaves them out; the others are as nobody said anything. */
  readonly stay?: readonly string[]
  /** What else a change of a field changes: other words for it. */
  readonly follow?: Readonly<Record<string, readonly string[]>>
  /** Other words for fields, by themselves: a change takes them as well. */
  readonly words?: Readonly<Record<string, string>>
  /** Fields that can be changed together only. */
  readonly together?: readonly string[]
}

export type Bodies = readonly [Readonly<Record<string, unknown>>, Readonly<Record<string, unknown>>]

export const both = (body: (turn: 1 | 2) => Readonly<Record<string, unknown>>): Bodies => [body(1), body(2)]
