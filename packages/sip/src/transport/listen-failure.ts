export interface ListenFailure {
  readonly code: 'PortInUse' | 'ListenFailed'
  readonly message: string
}

/** What an error of bind or listen means to who starts the stack. */
export function toListenFailure(error: unknown, what: string): ListenFailure {
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  const message = error instanceof Error ? error.message : String(error)
  return { code: code === 'EADDRINUSE' ? 'PortInUse' : 'ListenFailed', message: `${what}: ${message}` }
}
