// Writes docs/operations/configuration.md again after a change of the table.
import { writeFileSync } from 'node:fs'
import { renderConfigurationPage } from './render-configuration-page.ts'

writeFileSync(new URL('../../../../docs/operations/configuration.md', import.meta.url), renderConfigurationPage())
