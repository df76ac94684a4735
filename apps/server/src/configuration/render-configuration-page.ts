import { ENVIRONMENT_TABLE } from './environment-table.ts'
import type { EnvironmentVariable } from './environment-variable.ts'

const INTRODUCTION = `# Configuration

<!-- Generated from apps/server/src/configuration/environment-table.ts by \`node apps/server/src/configuration/write-configuration-page.ts\`. -->

The server reads these environment variables once, at start. A variable set to nothing counts as not set. When a value is wrong the
server does not start: it prints one message that lists every problem and says what to change. A variable that begins with \`DIALTONE_\`
and is not listed here is mentioned in the log, for it is most likely misspelled.
`

/** The page docs/operations/configuration.md, from the same table the server reads its environment by. */
export function renderConfigurationPage(): string {
  const variables: readonly EnvironmentVariable<unknown>[] = Object.values(ENVIRONMENT_TABLE)
  const rows = variables.map((variable) => `| \`${variable.name}\` | ${defaultOf(variable)} | ${variable.meaning} |`)
  return [INTRODUCTION, '| name | default | meaning |', '|---|---|---|', ...rows, ''].join('\n')
}

function defaultOf(variable: EnvironmentVariable<unknown>): string {
  return variable.defaultShown ?? (variable.default === undefined ? '–' : `\`${variable.default}\``)
}
