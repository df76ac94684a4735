import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'

/** Debian package of each program the tests drive. */
const PACKAGES = {
  kamailio: 'kamailio',
  baresip: 'baresip-core',
  sipp: 'sip-tester',
  svwar: 'sipvicious',
  linphonec: 'linphone-cli',
  chromium: 'chromium',
  openssl: 'openssl',
  curl: 'curl',
  pdfimages: 'poppler-utils',
  'espeak-ng': 'espeak-ng',
} as const

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

/** As `isAbsent`, of the fax machine that sends: SpanDSP, which a Python program drives (interop/fax). */
export function isSpanDspAbsent(): boolean {
  if (spawnSync('python3', ['-c', 'import ctypes; ctypes.CDLL("libspandsp.so.2")']).status === 0) return isAbsent('pdfimages')
  if (process.env['CI'] !== undefined && process.env['CI'] !== '') throw new Error('SpanDSP is not installed (Debian package libspandsp2)')
  console.warn('left out: faxes of SpanDSP; install the Debian package libspandsp2 to run them')
  return true
}

/** A Python that has the library of the guides' programs (Debian package python3-requests), or undefined where its tests are left out. */
export function pythonWithRequests(): string | undefined {
  const python = ['python3', '/usr/bin/python3'].find((program) => spawnSync(program, ['-c', 'import requests']).status === 0)
  if (python === undefined && process.env['CI'] !== undefined && process.env['CI'] !== '') throw new Error('python3-requests is not installed (Debian package)')
  return python
}
