import type { CompiledQuery } from 'kysely'
import type pg from 'pg'
import type { Sql, Transaction } from './open-database.ts'
import { sqlStateOf } from './sql-state.ts'

/** Statements of the request path are prepared on the pool itself; inside a transaction they run on its connection. */
const pools = new WeakMap<object, pg.Pool>()

/** A column was added to a table the statement reads all of: PostgreSQL wants it prepared again. */
const RESULT_TYPE_CHANGED = '0A000'
/** The connection is not the one that prepared it: something between us and PostgreSQL hands connections around. */
const NOT_PREPARED_HERE: readonly (string | undefined)[] = ['26000', '42P05']

let statements = 0

/** Tells on which pool the statements of a database are prepared. */
export function prepareOn(sql: Sql, pool: pg.Pool): void {
  pools.set(sql, pool)
}

/** Stands in a statement for a value that is known when it runs. */
interface StandIn {
  readonly [standsFor]: string
}

const standsFor = Symbol('stands for')

/**
 * A statement of the request path: its SQL is built once, and prepared once on each connection.
 * @param build makes the query; the values it is given are stand-ins, to be passed on and not looked at.
 */
export function prepared<Values extends Readonly<Record<string, unknown>>, Row>(
  build: (sql: Sql | Transaction, values: Values) => { compile(): CompiledQuery<Row> },
): (sql: Sql | Transaction, values: Values) => Promise<readonly Row[]> {
  let compiled: CompiledQuery<Row> | undefined
  let name: string | undefined = nextName()
  return async (sql, values) => {
    compiled ??= build(sql, standIns<Values>()).compile()
    const parameters = compiled.parameters.map((parameter) => (isStandIn(parameter) ? values[parameter[standsFor]] : parameter))
    const pool = pools.get(sql)
    if (pool === undefined) return (await sql.executeQuery<Row>({ ...compiled, parameters })).rows
    const statement = { text: compiled.sql, values: parameters }
    try {
      return (await pool.query(name === undefined ? statement : { ...statement, name })).rows as Row[]
    } catch (error) {
      const state = sqlStateOf(error)
      if (state === RESULT_TYPE_CHANGED) name = nextName()
      else if (NOT_PREPARED_HERE.includes(state)) name = undefined
      else throw error
      return (await pool.query(name === undefined ? statement : { ...statement, name })).rows as Row[]
    }
  }
}

function nextName(): string {
  return `dialtone_${++statements}`
}

function standIns<Values>(): Values {
  return new Proxy({}, { get: (_target, name): StandIn => ({ [standsFor]: String(name) }) }) as Values
}

function isStandIn(parameter: unknown): parameter is StandIn {
  return typeof parameter === 'object' && parameter !== null && standsFor in parameter
}
