import { execFile } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { eventually } from './eventually.ts'
import { isAbsent } from './phones/program-present.ts'
import { ScriptedPhone } from './phones/scripted-phone.ts'
import { statusOf } from './phones/sip-text.ts'
import { makeTwoParties } from './phones/two-parties.ts'
import { Platform, WORK_FOLDER } from './platform.ts'
import { done, Tenant } from './tenant.ts'

const REPOSITORY = join(import.meta.dirname, '..')
const README = readFileSync(join(REPOSITORY, 'README.md'), 'utf8')
const RUNNING = readFileSync(join(REPOSITORY, 'docs/operations/running.md'), 'utf8')
const COMMAND_LIMIT_MS = 60_000

const run = promisify(execFile)
let platform: Platform
let folder: string

beforeAll(async () => {
  mkdirSync(WORK_FOLDER, { recursive: true })
  folder = mkdtempSync(join(WORK_FOLDER, 'operator-'))
  platform = await Platform.start()
})
afterAll(async () => {
  await platform.discard()
  rmSync(folder, { recursive: true, force: true })
})

/** What is written to be typed, below a heading. */
function commandsOf(page: string, heading: string): readonly string[] {
  const [, section = ''] = page.split(new RegExp(`^## ${heading}$`, 'm'))
  return [...(section.split(/^## /m)[0] ?? '').matchAll(/^```sh\n([\s\S]*?)^```/gm)].map(([, text = '']) => text)
}

/** As somebody types it: the first command that fails ends it. */
async function type(text: string, o: { readonly folder: string; readonly dataDirectory: string }): Promise<string> {
  const environment = { ...process.env, DIALTONE_DATA_DIR: o.dataDirectory }
  const { stdout, stderr } = await run('bash', ['-euo', 'pipefail', '-c', text], { cwd: o.folder, env: environment, timeout: COMMAND_LIMIT_MS })
  return `${stdout}${stderr}`
}

interface ListedAccount {
  readonly accountNumber: string
  readonly accountName: string
}

async function accounts(): Promise<readonly string[]> {
  const tenant = await Tenant.logIn(platform.address)
  return done(await tenant.http.get<readonly ListedAccount[]>(`${tenant.path}/account`)).map(({ accountName }) => accountName)
}

describe.skipIf(isAbsent('curl') || isAbsent('openssl'))('what the pages for operators tell to type', () => {
  it('S0-110: the requests of the README make an account with users, a number and lines', async () => {
    const [commands = ''] = commandsOf(README, 'The same with curl')
    const said = await type(`${commands}\necho; echo "number $NUMBER line $ANN_LINE"`, { folder: REPOSITORY, dataDirectory: platform.dataDirectory })
    expect(said).not.toMatch(/"errorCode"|curl:/)
    expect(said).toMatch(/number 1\d{10} line \S{8,}/)
    expect(await accounts()).toContain('Green Leaf Dental')
  })

  it('a certificate of one’s own is shown to phones', async () => {
    const [make = '', look = ''] = commandsOf(RUNNING, 'Start')
    const said = await type(`${make}\necho "$DIALTONE_TLS_CERT $DIALTONE_TLS_KEY"`, { folder, dataDirectory: platform.dataDirectory })
    const [, certificate = '', key = ''] = /^(\S+chain\.pem) (\S+key\.pem)$/m.exec(said) ?? []
    await platform.stop()
    await platform.start({ DIALTONE_TLS_CERT: certificate, DIALTONE_TLS_KEY: key })
    const shown = look.replace('127.0.0.1:5061', `127.0.0.1:${platform.address.sipTlsPort}`)
    expect(await type(shown, { folder, dataDirectory: platform.dataDirectory })).toMatch(/subject=.*voice\.example\.com/)
  })

  it('a backup of a server that works brings back what was acknowledged before, and phones register there', async () => {
    const [backup = '', , , restore = ''] = commandsOf(RUNNING, 'Backup')
    const tenant = await Tenant.logIn(platform.address)
    const { caller } = await makeTwoParties(tenant)
    const [copy, restored] = [join(folder, 'copy'), join(dirname(platform.dataDirectory), 'data-of-copy')]
    let isMade = false
    const names: string[] = []
    const written = (async () => {
      while (!isMade) {
        const accountName = `Customer ${names.length}`
        await tenant.createAccount({ accountName })
        names.push(accountName)
      }
    })()
    await eventually('a few accounts', 30_000, () => (names.length > 5 ? true : undefined))
    const before = [...names]
    const here = (text: string): string => text.replaceAll('/var/backups/dialtone', copy)
    expect(await type(here(backup), { folder: REPOSITORY, dataDirectory: platform.dataDirectory })).toMatch(/MiB in/)
    isMade = true
    await written
    expect(names.length, 'it was written meanwhile').toBeGreaterThan(before.length)
    mkdirSync(restored, { mode: 0o711 })
    await type(here(restore), { folder, dataDirectory: restored })
    const second = await Platform.start({ dataDirectory: restored })
    try {
      const there = await Tenant.logIn({ ...second.address, password: platform.address.password })
      const found = done(await there.http.get<readonly ListedAccount[]>(`${there.path}/account`)).map(({ accountName }) => accountName)
      expect(found).toEqual(expect.arrayContaining(before))
      expect(found.length, 'each of them once').toBe(new Set(found).size)
      const phone = await ScriptedPhone.open(second.address, caller.login)
      expect(statusOf(await phone.register())).toBe(200)
      phone.close()
    } finally {
      await second.discard()
    }
  })

  it('a backup brings everything back on another machine, and the password', async () => {
    const [, backup = '', restore = ''] = commandsOf(RUNNING, 'Backup')
    await platform.stop()
    await type(backup, { folder, dataDirectory: platform.dataDirectory })
    await platform.discard()
    const { password } = platform.address
    platform = new Platform({ dataDirectory: join(WORK_FOLDER, 'restored') })
    await type(restore, { folder, dataDirectory: platform.dataDirectory })
    await platform.start()
    expect([platform.address.password, await accounts()]).toEqual([password, expect.arrayContaining(['Green Leaf Dental'])])
  })

  it('doctor finds nothing wrong on it, and a forgotten password is renewed while it runs', async () => {
    const said = await type('npx dialtone renew-password', { folder: REPOSITORY, dataDirectory: platform.dataDirectory })
    const password = /password\s+(\S+)/.exec(said)?.[1] ?? said
    expect(await Tenant.logIn({ ...platform.address, password })).toBeDefined()
    await platform.stop()
    const ports = 'DIALTONE_HTTP_PORT=0 DIALTONE_SIP_PORT=0 DIALTONE_SIP_TLS_PORT=0'
    expect(await type(`${ports} npx dialtone doctor`, { folder: REPOSITORY, dataDirectory: platform.dataDirectory })).toContain('Dialtone can start here.')
  })
})
