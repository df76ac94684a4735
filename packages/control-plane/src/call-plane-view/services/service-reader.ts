import type { AccountServices } from '@dialtone/call-routing'
import type { Sql } from '../../database/index.ts'

/** Reads one kind of what takes calls into the picture: its own maps of `AccountServices`. A new kind is a file and a place in `SERVICE_READERS`. */
export type ServiceReader = (sql: Sql, accountId: string) => Promise<Partial<AccountServices>>
