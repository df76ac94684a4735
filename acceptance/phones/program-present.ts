import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'

/** Debian package of each program the tests drive. */
const PACKAGES = { baresip: 'baresip-core', sipp: 'sip-tester', linphonec: 'linphone-cli', chromium: 'chromium' } as const

export type PhoneProgram = keyof typeof PACKAGES

/**
 * Whether tests with this program must be left out. On a machine that calls itself CI nothing is left out: a missing
 * package is a failure there, and `.ci/run` installs it.
 */
export function isAbsent(program: PhoneProgram): boolean {
  const present = (process.env['PATH'] ?? '').split(delimiter).some((folder) => existsSync(join(folder, program)))
  if (present) return false
  if (process.env['CI'] !== undefined && process.env['CI'] !== '') throw new Error(`${program} is not installed (Debian package ${PACKAGES[program]})`)
  console.warn(`left out: tests with ${program}; install the Debian package ${PACKAGES[program]} to run them`)
  return true
}
