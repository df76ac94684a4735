import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Browser, chromium, type Page } from 'playwright-core'
import { rolldown } from 'rolldown'
import { eventually } from '../eventually.ts'
import { localAddress, WORK_FOLDER } from '../platform.ts'
import type { DigestLogin } from './digest-answer.ts'
import { sineSamples } from './tone.ts'
import { writeWav } from './wav-file.ts'

const SECONDS_OF_TONE = 60
const SAMPLE_RATE_HZ = 8000
/** Half of what separates the tones the tests use. */
const TOLERANCE_HZ = 60

export interface BrowserPhoneOptions {
  /** Where the server takes SIP over WebSocket, such as ws://127.0.0.1:8080/sip. */
  readonly webSocketUrl: string
  /** What its microphone hears. */
  readonly toneHz: number
  /** It refreshes the sessions it begins, and soon (RFC 4028). */
  readonly refreshes?: boolean
}

interface PhoneEvent {
  readonly type: string
  readonly param: string
}

/** JsSIP in a Chromium of its own, whose microphone is a tone: a browser's microphone is one a process. */
export class BrowserPhone {
  readonly #browser: Browser
  readonly #page: Page
  readonly #server: Server
  readonly #folder: string
  #start: unknown

  private constructor(browser: Browser, page: Page, server: Server, folder: string) {
    this.#browser = browser
    this.#page = page
    this.#server = server
    this.#folder = folder
  }

  /** Starts the browser and the telephone in it; does not wait for the registration. */
  static async start(login: DigestLogin, options: BrowserPhoneOptions): Promise<BrowserPhone> {
    mkdirSync(WORK_FOLDER, { recursive: true })
    const folder = mkdtempSync(join(WORK_FOLDER, 'browser-'))
    writeWav(join(folder, 'microphone.wav'), sineSamples(options.toneHz, SECONDS_OF_TONE * SAMPLE_RATE_HZ))
    const server = await servePage(await bundlePage())
    const browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: chromiumSwitches(join(folder, 'microphone.wav')) })
    const page = await browser.newPage()
    // Only a page of localhost may use the microphone without https.
    await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`)
    const phone = new BrowserPhone(browser, page, server, folder)
    const { sipUsername: user, sipPassword: password } = login
    phone.#start = { url: options.webSocketUrl, user, password, domain: 'dialtone.local', refreshes: options.refreshes === true }
    await phone.do('start', phone.#start)
    return phone
  }

  /** As when its user presses F5: everything the page knew is gone, its WebSocket too. */
  async reload(): Promise<void> {
    await this.#page.reload()
    await this.do('start', this.#start)
  }

  /** Every SIP message sent and received since the page was loaded. */
  async trace(): Promise<readonly string[]> {
    return (await this.#page.evaluate('phone.trace')) as readonly string[]
  }

  /** Calls a function of the telephone in the page: call, answer, hold, unhold, refer, digits, hangUp. */
  async do(action: string, parameter?: unknown): Promise<unknown> {
    return this.#page.evaluate(`phone[${JSON.stringify(action)}](${parameter === undefined ? '' : JSON.stringify(parameter)})`)
  }

  async events(): Promise<readonly PhoneEvent[]> {
    return (await this.#page.evaluate('phone.events')) as readonly PhoneEvent[]
  }

  /** Waits for an event, past ones from index `from` included. */
  async saw(type: string, options: { readonly timeoutMs?: number; readonly from?: number } = {}): Promise<PhoneEvent> {
    let seen: readonly PhoneEvent[] = []
    return eventually(
      () => `browser event ${type} (had ${seen.map((event) => `${event.type} ${event.param}`).join(', ')})`,
      options.timeoutMs ?? 15_000,
      async () => {
        seen = await this.events()
        return seen.slice(options.from ?? 0).find((event) => event.type === type)
      },
    )
  }

  /** Waits until it hears one of the tones. */
  async toneHeard(candidatesHz: readonly number[], timeoutMs = 8000): Promise<number | undefined> {
    return eventually('a tone in the browser', timeoutMs, async () => {
      const heardHz = Number(await this.do('frequencyHz'))
      return candidatesHz.find((candidateHz) => Math.abs(candidateHz - heardHz) < TOLERANCE_HZ)
    }).catch(() => undefined)
  }

  async stop(): Promise<void> {
    await this.do('stop').catch(() => undefined)
    await this.#browser.close()
    this.#server.close()
    rmSync(this.#folder, { recursive: true, force: true })
  }
}

let bundled: Promise<string> | undefined

/** The page's program as one file; once a test run. */
function bundlePage(): Promise<string> {
  bundled ??= (async () => {
    const input = join(dirname(fileURLToPath(import.meta.url)), 'browser-page.mjs')
    const bundle = await rolldown({ input, platform: 'browser', logLevel: 'silent' })
    const { output } = await bundle.generate({ format: 'iife' })
    await bundle.close()
    return output[0].code
  })()
  return bundled
}

function servePage(program: string): Promise<Server> {
  const server = createServer((request, response) => {
    const isProgram = request.url === '/phone.js'
    response.setHeader('content-type', isProgram ? 'text/javascript; charset=utf-8' : 'text/html; charset=utf-8')
    response.end(isProgram ? program : '<!doctype html><script src="/phone.js"></script>')
  })
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => resolve(server))
  })
}

function chromiumSwitches(microphone: string): string[] {
  return [
    '--no-sandbox',
    '--disable-gpu',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
    '--no-first-run',
    '--use-fake-ui-for-media-stream',
    '--use-fake-device-for-media-stream',
    `--use-file-for-fake-audio-capture=${microphone}`,
    // Candidates with their addresses instead of names only a browser can resolve.
    '--disable-features=WebRtcHideLocalIpsWithMdns',
    // One address where there is one: ICE of baresip 1.0 does not follow a browser that answers from its other one.
    ...(localAddress() === '127.0.0.1' ? ['--allow-loopback-in-peer-connection'] : []),
    '--autoplay-policy=no-user-gesture-required',
  ]
}
