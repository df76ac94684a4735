import { err, ok, type Result } from '@dialtone/foundation'
import { readEnvironment, toConfig, type Config } from '../configuration/index.ts'

/** The configuration, or one message that lists every problem. */
export function loadConfiguration(environment?: Readonly<Record<string, string | undefined>>): Result<Config, string> {
  const config = toConfig(readEnvironment(environment))
  if (config.ok) return ok(config.value)
  const lines = config.error.map((problem) => `  - ${problem.message}`)
  return err([`${lines.length === 1 ? 'A setting needs' : `${lines.length} settings need`} a change (docs/operations/configuration.md):`, ...lines].join('\n'))
}
