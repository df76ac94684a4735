import { trunksOfAccount } from '../trunks-of-account.ts'
import type { ServiceReader } from './service-reader.ts'

/** Which extensions are behind which PBX (S1-121); no two trunks of an account have one extension. */
export const trunkPatterns: ServiceReader = async (sql, accountId) => {
  const rows = await trunksOfAccount(sql, accountId)
  const patterns = rows.flatMap(({ id, settings }) => patternsOf(settings['extensionPatterns']).map((pattern): [string, string] => [pattern, id]))
  return { trunkIdByPattern: new Map(patterns) }
}

function patternsOf(stored: unknown): readonly string[] {
  return Array.isArray(stored) ? stored.flatMap((pattern) => (typeof pattern === 'string' ? [pattern.toUpperCase()] : [])) : []
}
