import { type ChildProcessWithoutNullStreams, execFileSync, spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createHmac } from 'node:crypto'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, inject, it } from 'vitest'
import { eventually } from './eventually.ts'
import { HttpClient } from './http-client.ts'
import { isAbsent } from './phones/program-present.ts'
import { ScriptedPhone } from './phones/scripted-phone.ts'
import { statusOf } from './phones/sip-text.ts'
import { WORK_FOLDER } from './platform.ts'
import { done, Tenant, unique } from './tenant.ts'

const ROOT = join(import.meta.dirname, '..')
const GUIDES = ['quick-start', 'account-guide', 'call-routing', 'device-guide', 'best-practices', 'operations-at-night', 'further-reading'] as const
const BLOCK_WITHIN_MS = 60_000
/** Seconds, mostly of small programs starting; a busy machine takes its time. */
const GUIDES_WITHIN_MS = 240_000

interface Block {
  readonly language: string
  readonly text: string
}

const sourceOf = (guide: string): string => readFileSync(join(ROOT, 'docs', 'guides', `${guide}.md`), 'utf8')
const blocksOf = (guide: string): Block[] =>
  [...sourceOf(guide).matchAll(/^```(\w+)\n([\s\S]*?)^```$/gm)].map(([, language = '', text = '']) => ({ language, text }))

/** One terminal, as the reader has it: what a block sets, the next one has. */
class Terminal {
  readonly #shell: ChildProcessWithoutNullStreams
  #output = ''
  #blocks = 0

  constructor(dataDirectory: string) {
    this.#shell = spawn('bash', ['-eo', 'pipefail'], { cwd: ROOT, env: { ...process.env, DIALTONE_DATA_DIR: dataDirectory } })
    for (const stream of [this.#shell.stdout, this.#shell.stderr]) stream.on('data', (piece: Buffer) => (this.#output += piece.toString('utf8')))
    // A shell that has ended takes nothing any more; the block says so.
    this.#shell.stdin.on('error', () => {})
  }

  /** @throws with what was printed, when a command of the block fails */
  async run(block: string): Promise<string> {
    this.#output = ''
    const mark = `block ${++this.#blocks} is over`
    this.#shell.stdin.write(`${block}\necho; echo '${mark}'\n`)
    await eventually(`\n${block}`, BLOCK_WITHIN_MS, () => (this.#output.includes(mark) || this.#shell.exitCode !== null ? true : undefined))
    if (!this.#output.includes(mark)) throw new Error(`failed:\n${block}\n${this.#output}`)
    return this.#output.slice(0, this.#output.indexOf(mark))
  }

  close(): void {
    this.#shell.kill()
  }
}

/** Whether the answer holds what the guide prints; `…` stands for anything. */
function expectHeld(answer: unknown, printed: unknown): void {
  if (printed === '…') return expect(answer).toEqual(expect.anything())
  if (typeof printed !== 'object' || printed === null) return expect(answer).toEqual(printed)
  for (const [name, value] of Object.entries(printed)) expectHeld((answer as Readonly<Record<string, unknown>> | undefined)?.[name], value)
}

let terminal: Terminal
let provider: Tenant
let folder: string

beforeEach(async () => {
  const owner = await Tenant.logIn()
  const manager = { username: `${unique('guide')}@example.com`, password: 'Correct-Horse-7-Battery', firstName: 'Guide', lastName: 'Reader' }
  done(await owner.http.post(`${owner.path}/partition`, { name: unique('Guide'), manager }))
  provider = await Tenant.logIn({ ...inject('platform'), username: manager.username, password: manager.password })
  folder = mkdtempSync(join(WORK_FOLDER, 'guides-'))
  const { httpUrl } = inject('platform')
  writeFileSync(join(folder, 'first-run.json'), JSON.stringify({ httpUrl, partitionId: provider.partitionId, ...manager }))
  terminal = new Terminal(folder)
})

afterEach(async () => {
  terminal.close()
  rmSync(folder, { recursive: true, force: true })
  // What trusts an address does not outlive the test.
  const carriers = done(await provider.http.get<readonly { id: string }[]>(`${provider.path}/carrier-trunk`))
  await Promise.all(carriers.map(({ id }) => provider.http.delete(`${provider.path}/carrier-trunk/${id}`)))
})

/** Runs the blocks of a guide one after the other; JSON below a block is what its answer holds. */
async function follow(guide: string): Promise<Map<Block, string>> {
  const printed = new Map<Block, string>()
  let last = ''
  for (const block of blocksOf(guide)) {
    if (block.language === 'sh') printed.set(block, (last = await terminal.run(block.text)))
    if (block.language === 'json') expectHeld(JSON.parse(lastLine(last)), JSON.parse(block.text))
  }
  expect(printed.size).toBeGreaterThan(0)
  return printed
}

/** curl tells of a refusal behind the answer. */
const lastLine = (text: string): string =>
  text
    .split('\n')
    .map((line) => line.replace(/curl: .*$/, ''))
    .findLast((line) => line.startsWith('{')) ?? ''

describe.skipIf(isAbsent('curl'))('the documentation', () => {
  it(
    'S0-110: quick start, account guide, code examples, best practices, OpenAPI file and pages to print as PDF are there, and every request in them works',
    async () => {
      await follow('quick-start')
      const [address = '', user = '', password = ''] = await valuesOf('P/deviceprovisioning/account/$ACCOUNT/device/$ANN_LINE')
      const phone = await ScriptedPhone.open(inject('platform'), { sipUsername: user, sipPassword: password })
      expect([statusOf(await phone.register()), address]).toEqual([200, expect.any(String)])
      expect((await terminal.run('api GET $A/deviceline/$ANN_LINE/registrationstatus')).trim()).toContain('true')
      const call = await phone.call('8015559876')
      expect([await call.finalStatus(), await call.hangUp()]).toEqual([200, 200])
      const answered = phone.nextCall().then(async (ringing) => ringing.answer())
      await terminal.run(`api POST /v2/sandbox/inbound-call '{"from":"18015559876","to":"'$NUMBER'","seconds":1}'`)
      await answered
      for (const guide of GUIDES.slice(1)) await follow(guide)
      phone.close()
      const anybody = new HttpClient(inject('platform').httpUrl)
      expect((await anybody.get('/openapi.json')).body).toMatchObject({ openapi: expect.stringMatching(/^3\./) })
      const start = await anybody.get('/docs', { headers: { accept: 'text/html' } })
      for (const guide of GUIDES) {
        expect(start.text).toContain(`href="/docs/guides/${guide}"`)
        const page = await anybody.get(`/docs/guides/${guide}`, { headers: { accept: 'text/html' } })
        expect([page.status, page.headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8'])
        expect(page.text).toContain('@media print')
        expect(page.headers.get('content-security-policy')).toBe(start.headers.get('content-security-policy'))
      }
    },
    GUIDES_WITHIN_MS,
  )

  async function valuesOf(path: string): Promise<readonly string[]> {
    const answer = JSON.parse(lastLine(await terminal.run(`api GET $${path}`))) as { lines: readonly Record<string, string>[] }
    const [line = {}] = answer.lines
    return [line['server'] ?? '', line['sipUsername'] ?? '', line['sipPassword'] ?? '']
  }

  it('the signature check of the best practices takes a genuine delivery, and refuses another body, secret or time', async () => {
    const text = blocksOf('best-practices').find(({ language }) => language === 'js')?.text ?? ''
    writeFileSync(join(folder, 'verify-webhook.mjs'), text)
    const signature = createHmac('sha256', 'secret').update('1.1000.{}').digest('base64')
    const headers = { 'webhook-id': '1', 'webhook-timestamp': '1000', 'webhook-signature': `v1,AAAA v1,${signature}` }
    const tries = [
      [headers, '{}', 'secret', 1001],
      [headers, '{"a":1}', 'secret', 1001],
      [headers, '{}', 'other', 1001],
      [headers, '{}', 'secret', 1500],
    ]
    const receiver = `import { isGenuine } from './verify-webhook.mjs'\nconsole.log(JSON.stringify(${JSON.stringify(tries)}.map((one) => isGenuine(...one))))\n`
    writeFileSync(join(folder, 'receiver.mjs'), receiver)
    expect(execFileSync(process.execPath, [join(folder, 'receiver.mjs')], { encoding: 'utf8' }).trim()).toBe('[true,false,false,false]')
  })

  it('S2-65: further reading leads to device guide, call routing and account management, and to portability, E911 and toll-free ordering', async () => {
    const anybody = new HttpClient(inject('platform').httpUrl)
    const { text } = await anybody.get('/docs/guides/further-reading', { headers: { accept: 'text/html' } })
    for (const guide of ['device-guide', 'call-routing', 'account-guide']) {
      expect(text).toContain(`href="/docs/guides/${guide}"`)
      expect((await anybody.get(`/docs/guides/${guide}`)).status).toBe(200)
    }
    for (const outside of ['https://www.fcc.gov/consumers/guides/porting', 'title-47/chapter-I/subchapter-A/part-9"', 'part-52/subpart-D"'])
      expect(text).toContain(outside)
  })
})
