import { type ChildProcess, spawn } from 'node:child_process'
import { closeSync, mkdirSync, mkdtempSync, openSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { connect, type Socket } from 'node:net'
import { networkInterfaces } from 'node:os'
import { join } from 'node:path'
import { eventually, GiveUp, pause } from '../eventually.ts'
import { WORK_FOLDER } from '../platform.ts'
import { freePorts } from './free-ports.ts'
import type { DigestLogin } from './digest-answer.ts'
import { inUri, type ServerAddress } from './sip-socket.ts'
import { dominantTone, sineSamples, tonesIn } from './tone.ts'
import { readWav, writeWav } from './wav-file.ts'

const SECONDS_OF_TONE = 60
const SAMPLE_RATE_HZ = 8000
/** Should the test that drives it not end it. */
const QUITS_AFTER_SECONDS = 180
const MEDIA_ENCRYPTION = { none: '', offered: ';mediaenc=srtp', demanded: ';mediaenc=srtp-mand', dtls: ';mediaenc=dtls_srtp;medianat=ice' } as const
/** SIP takes two ports, the control connection one, media a range of its own. */
const PORTS_EACH = 40

export interface BaresipOptions {
  readonly transport?: 'udp' | 'tcp' | 'tls'
  /** What its microphone hears. */
  readonly toneHz: number
  /** It hangs up when it has nothing more to say; default 60. */
  readonly toneSeconds?: number
  readonly answer?: 'manual' | 'auto'
  readonly registerSeconds?: number
  /** SRTP with keys in the description (RFC 4568): offered in RTP/AVP, or demanded in RTP/SAVP; or as browsers do it, with DTLS and ICE. */
  readonly srtp?: 'offered' | 'demanded' | 'dtls'
  /** Where it registers; default dialtone.local. */
  readonly domain?: string
  /** The one codec it speaks; default: both laws of G.711. */
  readonly speaks?: 'G722'
}

/** As baresip's ctrl_tcp module reports it: REGISTER_OK, CALL_INCOMING, CALL_ESTABLISHED, CALL_CLOSED (param: why) … */
export interface BaresipEvent {
  readonly type: string
  readonly param: string
  readonly atMs: number
}

interface Reply {
  readonly response?: boolean
  readonly ok?: boolean
  readonly data?: string
  readonly token?: string
  readonly type?: string
  readonly param?: string
}

/** A baresip 1.0 process, driven through its ctrl_tcp module (netstring-framed JSON, one client at a time). */
export class Baresip {
  readonly events: BaresipEvent[] = []
  readonly folder: string
  readonly sipPort: number
  readonly #child: ChildProcess
  readonly #pending = new Map<string, (reply: Reply) => void>()
  #control: Socket | undefined
  #received = Buffer.alloc(0)
  #commands = 0

  private constructor(folder: string, sipPort: number, child: ChildProcess) {
    this.folder = folder
    this.sipPort = sipPort
    this.#child = child
  }

  /** Starts a phone for the line and connects to its control port; does not wait for the registration. */
  static async start(server: ServerAddress, login: DigestLogin, options: BaresipOptions): Promise<Baresip> {
    mkdirSync(WORK_FOLDER, { recursive: true })
    const folder = mkdtempSync(join(WORK_FOLDER, 'baresip-'))
    mkdirSync(join(folder, 'recordings'))
    const port = await freePorts(PORTS_EACH)
    writeFileSync(join(folder, 'config'), configurationOf(folder, server, port, options))
    writeFileSync(join(folder, 'accounts'), accountOf(server, login, options))
    writeFileSync(join(folder, 'contacts'), '')
    writeWav(join(folder, 'microphone.wav'), sineSamples(options.toneHz, (options.toneSeconds ?? SECONDS_OF_TONE) * SAMPLE_RATE_HZ))
    const log = openSync(join(folder, 'log'), 'w')
    // -s writes every SIP message into the log, -t ends it should the test not.
    const child = spawn('baresip', ['-f', folder, '-s', '-v', '-t', String(QUITS_AFTER_SECONDS)], { stdio: ['ignore', log, log] })
    closeSync(log)
    const phone = new Baresip(folder, port, child)
    await phone.#connect(port + 2)
    return phone
  }

  /** Waits for the registration to stand. */
  async registered(timeoutMs = 8000): Promise<void> {
    await eventually(`baresip to register (${this.folder}/log)`, timeoutMs, async () =>
      (await this.command('reginfo')).data?.includes('OK ') ? true : undefined,
    )
  }

  /** Waits for an event, past ones from index `from` included. */
  async saw(type: string, options: { readonly timeoutMs?: number; readonly from?: number } = {}): Promise<BaresipEvent> {
    return eventually(
      () => `baresip event ${type} (had ${this.events.map((event) => `${event.type} ${event.param}`).join(', ')}; ${this.folder}/log)`,
      options.timeoutMs ?? 10_000,
      () => this.events.slice(options.from ?? 0).find((event) => event.type === type),
    )
  }

  dial(uri: string): Promise<Reply> {
    return this.command('dial', uri)
  }

  accept(): Promise<Reply> {
    return this.command('accept')
  }

  /** Ends the call; while it rings here it is rejected with 486, while we are calling it is cancelled. */
  hangUp(): Promise<Reply> {
    return this.command('hangup')
  }

  command(command: string, parameters = ''): Promise<Reply> {
    const token = `t${++this.#commands}`
    const message = Buffer.from(JSON.stringify({ command, params: parameters, token }))
    return new Promise((resolve) => {
      this.#pending.set(token, resolve)
      this.#control?.write(Buffer.concat([Buffer.from(`${message.length}:`), message, Buffer.from(',')]))
    })
  }

  /** The tone in what this phone heard in its last call; the recording is complete once the call is closed. */
  async toneHeard(candidatesHz: readonly number[]): Promise<number | undefined> {
    return eventually('a recording with sound', 3000, () => {
      const file = this.#lastRecording()
      return file === undefined ? undefined : dominantTone(readWav(file), candidatesHz)
    }).catch(() => undefined)
  }

  /** The tone at the end of what this phone heard in its last call, which must be closed. */
  lastToneHeard(candidatesHz: readonly number[]): number | undefined {
    const file = this.#lastRecording()
    return file === undefined ? undefined : dominantTone(readWav(file).subarray(-SAMPLE_RATE_HZ), candidatesHz)
  }

  /** Which tones sounded together at the end of what this phone heard in its last call, which must be closed. */
  lastTonesHeard(candidatesHz: readonly number[]): number[] {
    const file = this.#lastRecording()
    return file === undefined ? [] : tonesIn(readWav(file).subarray(-SAMPLE_RATE_HZ), candidatesHz)
  }

  #lastRecording(): string | undefined {
    const folder = join(this.folder, 'recordings')
    const names = readdirSync(folder).filter((name) => name.endsWith('-dec.wav'))
    const name = names.toSorted().at(-1)
    return name === undefined ? undefined : join(folder, name)
  }

  /** Its log with every SIP message sent and received. */
  get log(): string {
    return readFileSync(join(this.folder, 'log'), 'latin1')
  }

  /** As if its power failed: it says goodbye to nobody. */
  kill9(): void {
    this.#child.kill('SIGKILL')
    this.#control?.destroy()
  }

  /** Unregisters and ends. */
  async stop(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return
    void this.command('quit')
    await eventually('baresip to quit', 2000, () => (this.#child.exitCode === null ? undefined : true)).catch(() => this.#child.kill('SIGKILL'))
    this.#control?.destroy()
  }

  async #connect(port: number): Promise<void> {
    this.#control = await eventually(`baresip's control port (${this.folder}/log)`, 8000, async () => {
      if (this.#child.exitCode !== null) throw new GiveUp(`baresip ended with ${this.#child.exitCode}: ${this.log.slice(-500)}`)
      return openConnection(port)
    })
    this.#control.on('data', (chunk: Buffer) => this.#receive(chunk))
    this.#control.on('error', () => undefined)
    await pause(0)
  }

  #receive(chunk: Buffer): void {
    this.#received = Buffer.concat([this.#received, chunk])
    for (;;) {
      const colon = this.#received.indexOf(':')
      const length = Number(this.#received.subarray(0, Math.max(colon, 0)).toString())
      if (colon < 0 || this.#received.length < colon + length + 2) return
      const reply = JSON.parse(this.#received.subarray(colon + 1, colon + 1 + length).toString()) as Reply
      this.#received = this.#received.subarray(colon + length + 2)
      if (reply.response) {
        this.#pending.get(reply.token ?? '')?.(reply)
        this.#pending.delete(reply.token ?? '')
      } else this.events.push({ type: reply.type ?? '', param: reply.param ?? '', atMs: Date.now() })
    }
  }
}

function openConnection(port: number): Promise<Socket | undefined> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1')
    socket.once('connect', () => resolve(socket))
    socket.once('error', () => resolve(undefined))
  })
}

function configurationOf(folder: string, server: ServerAddress, port: number, options: BaresipOptions): string {
  return `poll_method epoll
sip_listen ${inUri(server.sipHost)}:${port}
call_local_timeout 120
call_max_calls 8
audio_player aubridge,sink
audio_source aufile,${join(folder, 'microphone.wav')}
audio_alert aubridge,alert
ausrc_srate 8000
auplay_srate 8000
ausrc_channels 1
auplay_channels 1
ausrc_format s16
auplay_format s16
auenc_format s16
audec_format s16
audio_buffer 20-160
jitter_buffer_delay 1-5
rtp_ports ${port + 6}-${port + PORTS_EACH - 1}
rtp_stats yes
net_af ${server.sipHost.includes(':') ? 'ipv6' : 'ipv4'}
net_interface ${interfaceOf(server.sipHost)}
module_path /usr/lib/baresip/modules
module g711.so
${options.speaks === 'G722' ? 'module g722.so\n' : ''}module sndfile.so
module aufile.so
module aubridge.so
module srtp.so
${options.srtp === 'dtls' ? 'module dtls_srtp.so\nmodule ice.so\nrtcp_mux yes\n' : ''}module_tmp uuid.so
module_tmp account.so
module_app menu.so
module_app ctrl_tcp.so
ctrl_tcp_listen 127.0.0.1:${port + 2}
snd_path ${join(folder, 'recordings')}
ringback_disabled yes
menu_bell no
`
}

function accountOf(server: ServerAddress, login: DigestLogin, options: BaresipOptions): string {
  const transport = options.transport ?? 'udp'
  const port = transport === 'tls' ? (server.sipTlsPort ?? 5061) : server.sipPort
  return (
    `<sip:${login.sipUsername}@${options.domain ?? 'dialtone.local'};transport=${transport}>;auth_user=${login.sipUsername};auth_pass=${login.sipPassword}` +
    `;outbound="sip:${inUri(server.sipHost)}:${port};transport=${transport}";regint=${options.registerSeconds ?? 120}` +
    `;answermode=${options.answer ?? 'manual'};audio_codecs=${options.speaks === 'G722' ? 'G722/16000/1' : 'PCMU/8000/1,PCMA/8000/1'};ptime=20;mwi=no${MEDIA_ENCRYPTION[options.srtp ?? 'none']}\n`
  )
}

/** baresip refuses an interface that has only 127.0.0.1, so it is told the one that carries our address. */
function interfaceOf(address: string): string {
  const found = Object.entries(networkInterfaces()).find(([, addresses]) => addresses?.some((candidate) => candidate.address === address))
  return found?.[0] ?? 'lo'
}
