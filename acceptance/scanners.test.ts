import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { isAbsent } from './phones/program-present.ts'
import { ScriptedPhone } from './phones/scripted-phone.ts'
import { statusOf } from './phones/sip-text.ts'
import { makeTwoParties, type TwoParties } from './phones/two-parties.ts'

const run = promisify(execFile)

let parties: TwoParties
let folder: string
let dictionary: string

beforeAll(async () => {
  parties = await makeTwoParties()
  folder = mkdtempSync(join(tmpdir(), 'scan-'))
  dictionary = join(folder, 'dictionary')
  const { login } = parties.caller
  writeFileSync(dictionary, `${[login.sipUsername, login.sipPassword, parties.caller.extension, 'nobody', '100'].join('\n')}\n`)
})

afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** What a program of sipvicious says. It ends by itself when nothing is heard for a second. */
async function scan(program: string, options: readonly string[]): Promise<string> {
  const target = `udp://${parties.server.sipHost}:${parties.server.sipPort}`
  const { stdout, stderr } = await run(program, [...options, '-d', dictionary, '--maximumtime=1', target], {
    cwd: folder,
    timeout: 60_000,
    env: { ...process.env, HOME: folder },
  })
  return stdout + stderr
}

describe.skipIf(isAbsent('svwar'))('sipvicious', () => {
  it('finds no user by any method, whoever is in its dictionary, and no password to guess on; the phone it is after registers as before', async () => {
    const { login } = parties.caller
    const looking = ['REGISTER', 'INVITE', 'OPTIONS'].map((method) => scan('svwar', ['--force', '-m', method]))
    const cracking = scan('svcrack', ['-u', login.sipUsername])
    for (const said of await Promise.all(looking)) {
      expect(said).toContain('WARNING:root:found nothing')
      expect(said).not.toContain(login.sipUsername)
    }
    expect(await cracking).not.toContain(login.sipPassword)
    const phone = await ScriptedPhone.open(parties.server, login)
    expect(statusOf(await phone.register())).toBe(200)
    expect(statusOf(await phone.unregister())).toBe(200)
    phone.close()
  }, 90_000)
})
