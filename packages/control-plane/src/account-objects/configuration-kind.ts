import type { Result } from '@dialtone/foundation'
import type { AccountScope } from '../access/index.ts'
import type { Write } from '../events/index.ts'
import type { ApiFailure } from '../failures/index.ts'
import type { ObjectReference, ObjectType } from './account-object.ts'

/** An object as its kind sees it. */
export interface ConfiguredObject<Attributes> {
  readonly id: string
  readonly partitionId: string
  readonly accountId: string
  readonly attributes: Attributes
  readonly createdAt: Date
  readonly updatedAt: Date
}

/** The rules of one kind of configuration: what an account holds that is data and references, and no more. */
export interface ConfigurationKind<Attributes extends object> {
  readonly type: ObjectType
  /** 22 characters or a UUID (C-44). */
  readonly idForm: 'short' | 'uuid'
  /** One of the 49 kinds of account history (public-spec section 7). */
  readonly historyType: string
  /** As in `paging-group.created`. */
  readonly eventName: string
  readonly nameOf: (attributes: Attributes) => string
  /** What it points at; everything must be on the account. */
  readonly references?: (attributes: Attributes) => readonly ObjectReference[]
  /** What nobody else of the account may have under the same key. */
  readonly keys?: (attributes: Attributes) => Readonly<Record<string, string>>
  /** Rules that need the rest of the account, such as its extension length. */
  readonly check?: (change: Write, scope: AccountScope, attributes: Attributes, id: string) => Promise<ApiFailure | undefined>
  /** What an account holds at most of them. */
  readonly limit?: number
}

export type Revise<Attributes> = (before: Attributes) => Result<Attributes, ApiFailure>
