import { type ChildProcess, spawn } from 'node:child_process'
import { closeSync, existsSync, mkdirSync, mkdtempSync, openSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { eventually } from '../eventually.ts'
import { WORK_FOLDER } from '../platform.ts'
import type { DigestLogin } from './digest-answer.ts'
import { freePorts } from './free-ports.ts'
import type { ServerAddress } from './sip-socket.ts'
import { dominantTone, sineSamples } from './tone.ts'
import { readWav, writeWav } from './wav-file.ts'

const SECONDS_OF_TONE = 60
const SAMPLE_RATE_HZ = 8000
const HALF_SECOND = SAMPLE_RATE_HZ / 2
const MOST_BYTES_A_SECOND = 48_000 * 2
/** SIP one, media two for each of its calls. */
const PORTS_EACH = 20

export interface LinphoneOptions {
  readonly transport?: 'udp' | 'tcp'
  /** What its microphone hears. */
  readonly toneHz: number
}

/** A linphonec 5.1 process, driven by the commands a person would type; its answers are the lines it prints. */
export class Linphone {
  readonly folder: string
  readonly #child: ChildProcess

  private constructor(folder: string, child: ChildProcess) {
    this.folder = folder
    this.#child = child
  }

  /** Starts a phone for the line; does not wait for the registration. */
  static async start(server: ServerAddress, login: DigestLogin, options: LinphoneOptions): Promise<Linphone> {
    mkdirSync(WORK_FOLDER, { recursive: true })
    const folder = mkdtempSync(join(WORK_FOLDER, 'linphone-'))
    // Without its folder for contacts it ends at once.
    mkdirSync(join(folder, '.local/share/linphone'), { recursive: true })
    writeFileSync(join(folder, 'configuration'), configurationOf(server, login, options.transport ?? 'udp', await freePorts(PORTS_EACH)))
    writeWav(join(folder, 'microphone.wav'), sineSamples(options.toneHz, SECONDS_OF_TONE * SAMPLE_RATE_HZ))
    const output = openSync(join(folder, 'output'), 'w')
    // -d 6 -l writes every SIP message into the log.
    const child = spawn('linphonec', ['-c', join(folder, 'configuration'), '-d', '6', '-l', join(folder, 'log')], {
      stdio: ['pipe', output, output],
      env: { ...process.env, HOME: folder },
    })
    closeSync(output)
    child.stdin?.on('error', () => undefined)
    const phone = new Linphone(folder, child)
    phone.command('soundcard use files', `play ${join(folder, 'microphone.wav')}`, `record ${join(folder, 'heard.wav')}`)
    return phone
  }

  /** Types lines. */
  command(...lines: readonly string[]): void {
    for (const line of lines) this.#child.stdin?.write(`${line}\n`)
  }

  /** Waits for the registration to stand. */
  async registered(): Promise<void> {
    await eventually(`linphone to register (${this.folder}/log)`, 10_000, async () => {
      const before = this.output.length
      this.command('status register')
      await this.saw(/registered/, { from: before, timeoutMs: 2000 })
      return /^registered, identity/m.test(this.output.slice(before)) ? true : undefined
    })
  }

  /** Waits for a line of its output; `from` is a position of `output`. */
  async saw(pattern: RegExp, options: { readonly timeoutMs?: number; readonly from?: number } = {}): Promise<RegExpExecArray> {
    return eventually(
      () => `linphone to print ${String(pattern)} (${this.output.slice(-400)}; ${this.folder}/log)`,
      options.timeoutMs ?? 10_000,
      () => pattern.exec(this.output.slice(options.from ?? 0)) ?? undefined,
    )
  }

  get output(): string {
    return readFileSync(join(this.folder, 'output'), 'latin1')
  }

  /** Its log with every SIP message sent and received. */
  get log(): string {
    return readFileSync(join(this.folder, 'log'), 'latin1')
  }

  /**
   * Waits until so much more is recorded: on a busy machine sound begins late. Of a talk at 48 000 Hz; one at 8000 takes six times as long.
   * What it is can be told when the call is over, for until then the file has the header of the call before.
   */
  async records(durationMs: number): Promise<void> {
    const bytes = (): number => statSync(join(this.folder, 'heard.wav'), { throwIfNoEntry: false })?.size ?? 0
    const enough = bytes() + (durationMs * MOST_BYTES_A_SECOND) / 1000
    await eventually(`linphone to record ${durationMs} ms`, 10 * durationMs, () => (bytes() >= enough ? true : undefined))
  }

  /** The tone in all this phone has heard. */
  async toneHeard(candidatesHz: readonly number[]): Promise<number | undefined> {
    const file = join(this.folder, 'heard.wav')
    return eventually('a recording with sound', 3000, () => (existsSync(file) ? dominantTone(readWav(file), candidatesHz) : undefined)).catch(() => undefined)
  }

  /** The tone in the last second of what it has heard. */
  lastToneHeard(candidatesHz: readonly number[]): number | undefined {
    return dominantTone(readWav(join(this.folder, 'heard.wav')).subarray(-SAMPLE_RATE_HZ), candidatesHz)
  }

  /** The tones it has heard one after the other, once its call is closed. */
  tonesInTurn(candidatesHz: readonly number[]): readonly number[] {
    const heard = readWav(join(this.folder, 'heard.wav'))
    const tones: number[] = []
    for (let start = 0; start + HALF_SECOND <= heard.length; start += HALF_SECOND) {
      const toneHz = dominantTone(heard.subarray(start, start + HALF_SECOND), candidatesHz)
      if (toneHz !== undefined && toneHz !== tones.at(-1)) tones.push(toneHz)
    }
    return tones
  }

  /** Unregisters and ends. */
  async stop(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return
    this.command('quit')
    await eventually('linphone to quit', 5000, () => (this.#child.exitCode === null ? undefined : true)).catch(() => this.#child.kill('SIGKILL'))
  }
}

function configurationOf(server: ServerAddress, login: DigestLogin, transport: 'udp' | 'tcp', port: number): string {
  const address = `<sip:${server.sipHost}:${server.sipPort};transport=${transport}>`
  return `[sip]
sip_port=${transport === 'udp' ? port : 0}
sip_tcp_port=${transport === 'tcp' ? port : 0}
sip_tls_port=0
default_proxy=0
register_only_when_network_is_up=0
media_encryption=none
use_info=0
use_rfc2833=1
guess_hostname=1
keepalive_period=0
[rtp]
audio_rtp_port=${port + 2}-${port + PORTS_EACH - 2}
[sound]
echocancellation=0
[net]
mtu=1300
[misc]
store_friends=0
log_collection=0
[video]
enabled=0
capture=0
display=0
[proxy_0]
reg_proxy=${address}
reg_route=${address}
reg_identity=sip:${login.sipUsername}@dialtone.local
reg_expires=120
reg_sendregister=1
publish=0
dial_escape_plus=0
[auth_info_0]
username=${login.sipUsername}
passwd=${login.sipPassword}
realm=dialtone.local
domain=dialtone.local
`
}
