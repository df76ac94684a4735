export interface Violation {
  readonly rule: string
  readonly severity: 'error' | 'warning'
  readonly path: string
  readonly line: number
  readonly message: string
}

export function violation(rule: string, path: string, line: number, message: string): Violation {
  return { rule, severity: 'error', path, line, message }
}
