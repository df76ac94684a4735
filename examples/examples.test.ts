import { type ChildProcess, spawn } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { eventually } from '../acceptance/eventually.ts'
import { ScriptedPhone } from '../acceptance/phones/scripted-phone.ts'
import { statusOf, valueOf } from '../acceptance/phones/sip-text.ts'

const TONE_HZ = 620

const programs: ChildProcess[] = []
const phones: ScriptedPhone[] = []

afterEach(() => {
  for (const phone of phones.splice(0)) phone.close()
  for (const program of programs.splice(0)) program.kill()
})

/** Runs an example as a reader would, on a free port. */
async function run(name: string): Promise<{ readonly port: number; readonly output: () => string }> {
  const program = spawn(process.execPath, [join(import.meta.dirname, name), '0'], { stdio: ['ignore', 'pipe', 'inherit'] })
  programs.push(program)
  let output = ''
  program.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()))
  const port = await eventually(`${name} to listen`, 10_000, () => /listening on port (\d+)/.exec(output)?.[1])
  return { port: Number(port), output: () => output }
}

async function openPhone(port: number, sipUsername: string, sipPassword: string): Promise<ScriptedPhone> {
  const opened = await ScriptedPhone.open({ sipHost: '127.0.0.1', sipPort: port }, { sipUsername, sipPassword }, { domain: 'example.com' })
  phones.push(opened)
  return opened
}

describe('the examples', () => {
  it('have no more than 40 lines each, and all of them are run here', () => {
    const names = readdirSync(import.meta.dirname).filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts'))
    expect(names.toSorted()).toEqual(['echo.ts', 'registrar.ts'])
    for (const name of names)
      expect(
        readFileSync(join(import.meta.dirname, name), 'utf8')
          .trimEnd()
          .split('\n').length,
        name,
      ).toBeLessThanOrEqual(40)
  })

  it('registrar.ts lets in who knows the password, and only then', async () => {
    const { port, output } = await run('registrar.ts')
    const alice = await openPhone(port, 'alice', 'wonderland')
    const registered = await alice.register(300)
    expect(statusOf(registered)).toBe(200)
    expect(valueOf(registered, 'contact')).toMatch(/expires=(300|299)/)
    await eventually('the program to say who is there', 2000, () => (output().includes('alice is at sip:alice@') ? true : undefined))
    expect(statusOf(await alice.unregister())).toBe(200)
    await eventually('the program to say that she left', 2000, () => (output().includes('alice is at no phone') ? true : undefined))
    expect(statusOf(await (await openPhone(port, 'bob', 'wonderland')).register())).toBe(401)
    expect(statusOf(await (await openPhone(port, 'nobody', 'wonderland')).register())).toBe(401)
  })

  it('echo.ts answers a call and sends back what it hears', async () => {
    const { port, output } = await run('echo.ts')
    const caller = await openPhone(port, 'alice', '')
    const call = await caller.call('echo', { toneHz: TONE_HZ })
    expect(await call.finalStatus()).toBe(200)
    await eventually('the echo of the tone', 5000, () => (call.media.toneHeard([TONE_HZ, 1000]) === TONE_HZ ? true : undefined))
    expect(await call.hangUp()).toBe(200)
    await eventually('the program to say that the call is over', 2000, () => (/ bye$/m.test(output()) ? true : undefined))
  })
})
