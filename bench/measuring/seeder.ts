import { createRequire } from 'node:module'

/** A client of PostgreSQL: the copy the control plane uses. */
export interface Seeder {
  query(text: string, values?: readonly unknown[]): Promise<{ readonly rows: readonly Readonly<Record<string, unknown>>[] }>
  end(): Promise<void>
}

export async function connectSeeder(url: string): Promise<Seeder> {
  const require = createRequire(new URL('../../packages/control-plane/package.json', import.meta.url))
  const { Client } = require('pg') as { readonly Client: new (options: object) => Seeder & { connect(): Promise<void> } }
  const client = new Client({ connectionString: url })
  await client.connect()
  return client
}
