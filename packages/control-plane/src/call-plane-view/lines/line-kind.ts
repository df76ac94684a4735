import type { RoutingLine } from '@dialtone/call-routing'
import type { Sql } from '../../database/index.ts'

/** A line of any kind as its tables tell it; the login is joined to it by its id. */
export type LineOfAccount = Omit<RoutingLine, 'sipUsername'> & {
  /** The users whose calls ring it; of most lines only `userId`. */
  readonly ringsForUserIds: readonly string[]
}

/**
 * One kind of line: where its rows are, and what they mean to the call plane. A new kind is a new file and a place in
 * `LINE_KINDS`; nothing else of the picture knows kinds.
 */
export interface LineKind {
  readonly name: string
  /** Every line of the account, with or without a login. */
  read(sql: Sql, accountId: string): Promise<readonly LineOfAccount[]>
}
