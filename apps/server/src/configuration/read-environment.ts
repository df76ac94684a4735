import { ENVIRONMENT_TABLE, type EnvironmentKey } from './environment-table.ts'

/** The text of every variable of ours, unchecked. A variable set to nothing counts as not set. */
export interface RawEnvironment {
  readonly texts: Readonly<Partial<Record<EnvironmentKey, string>>>
  /** Variables that begin like ours and are none: most likely a misspelling. */
  readonly unknownNames: readonly string[]
}

/** The only reader of the environment. @param environment `process.env`, or what a test passes. */
export function readEnvironment(environment: Readonly<Record<string, string | undefined>> = process.env): RawEnvironment {
  const texts: Partial<Record<EnvironmentKey, string>> = {}
  const names = new Set<string>()
  for (const [key, variable] of Object.entries(ENVIRONMENT_TABLE) as [EnvironmentKey, { name: string }][]) {
    names.add(variable.name)
    const text = environment[variable.name]?.trim()
    if (text !== undefined && text !== '') texts[key] = text
  }
  const unknownNames = Object.keys(environment).filter((name) => name.startsWith('DIALTONE_') && !names.has(name))
  return { texts, unknownNames: unknownNames.toSorted() }
}
