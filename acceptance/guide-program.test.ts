import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'
import { pythonWithRequests } from './phones/program-present.ts'
import { Tenant } from './tenant.ts'

const run = promisify(execFile)
/** The number manager of the porting and ordering guide, letter for letter. */
const PROGRAM = readFileSync(join(import.meta.dirname, 'programs', 'numbers-of-the-guide.py'), 'utf8')

const python = pythonWithRequests()

describe.skipIf(python === undefined)('the number manager of the guide', () => {
  it('S2-58 S2-59 S2-60 S2-61 S2-64 runs unchanged but for base URL, token and ids: it finds, orders and assigns a number', async () => {
    const tenant = await Tenant.logIn()
    const account = await tenant.createAccount()
    const user = await account.createUser('4000')
    const program = [
      ["'https://api.alianza.com'", `'${tenant.platform.httpUrl}'`],
      ["'your-token'", `'${tenant.http.token ?? ''}'`],
      ["'your-partition-id'", `'${tenant.partitionId}'`],
      ["'acc_123'", `'${account.id}'`],
      ["'user_xyz'", `'${user.userId}'`],
    ].reduce((text, [name = '', value = '']) => text.replaceAll(name, value), PROGRAM)
    const { stdout } = await run(python ?? '', ['-c', program], { timeout: 30_000 })
    expect(stdout).toContain('Found 5 numbers')
    expect(stdout).toMatch(/Ordered: .*'status': 'COMPLETED'/)
    const assigned = /Assigned to user: (.*)/.exec(stdout)?.[1] ?? ''
    const [, digits = ''] = /\+(1607\d{7})/.exec(assigned) ?? []
    const number = await tenant.http.get<Record<string, unknown>>(`${account.path}/telephonenumber/${digits}`)
    expect(number.body).toMatchObject({ referenceType: 'END_USER', referenceId: user.userId, e911Registered: true })
    const shown = await tenant.http.get<{ callerIdConfig: Record<string, unknown> }>(`${account.path}/user/${user.userId}`)
    expect(shown.body.callerIdConfig).toMatchObject({ callerIdNumber: digits })
  })
})
