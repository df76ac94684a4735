const UNIQUE_VIOLATION = '23505'
const FOREIGN_KEY_VIOLATION = '23503'

/** The name of the unique index that a failed write violated, or undefined when the failure is another one. */
export function violatedUniqueIndex(error: unknown): string | undefined {
  return violated(error, UNIQUE_VIOLATION)
}

/** The name of the foreign key that a failed write violated: what it points at is not there, or what it removes is pointed at. */
export function violatedForeignKey(error: unknown): string | undefined {
  return violated(error, FOREIGN_KEY_VIOLATION)
}

/** The SQLSTATE of a failed statement. */
export function sqlStateOf(error: unknown): string | undefined {
  const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined
  return typeof code === 'string' ? code : undefined
}

function violated(error: unknown, sqlState: string): string | undefined {
  if (typeof error !== 'object' || error === null) return undefined
  const { code, constraint } = error as { code?: unknown; constraint?: unknown }
  return code === sqlState && typeof constraint === 'string' ? constraint : undefined
}
