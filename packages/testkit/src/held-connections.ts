import { AsyncLocalStorage } from 'node:async_hooks'
import { TransactionBuilder } from 'kysely'
import pg from 'pg'

const inTransaction = new AsyncLocalStorage<true>()
const asked: string[] = []
let isWatching = false

/**
 * From here on it is noted when somebody who has a connection of the pool asks for another one. As many of them at once as there are connections
 * wait for each other, and everybody else for them.
 */
export function watchConnections(): void {
  if (isWatching) return
  isWatching = true
  const { execute } = TransactionBuilder.prototype
  TransactionBuilder.prototype.execute = function (work) {
    return execute.call(this, (sql) => inTransaction.run(true, () => work(sql))) as ReturnType<typeof work>
  }
  for (const name of ['connect', 'query'] as const) {
    const original = pg.Pool.prototype[name] as (this: pg.Pool, ...parameters: unknown[]) => unknown
    Object.assign(pg.Pool.prototype, {
      [name](this: pg.Pool, ...parameters: unknown[]): unknown {
        if (inTransaction.getStore() === true) asked.push(new Error('a second connection').stack ?? '')
        return original.apply(this, parameters)
      },
    })
  }
}

/** @throws when somebody did, with where he was */
export function expectNoSecondConnection(): void {
  const [first] = asked.splice(0)
  if (first !== undefined) throw new Error(`Whoever has a connection has asked for another one: ${first}`)
}
