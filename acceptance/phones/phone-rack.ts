import { Baresip, type BaresipOptions } from './baresip.ts'
import type { DigestLogin } from './digest-answer.ts'
import { ScriptedPhone } from './scripted-phone.ts'
import type { ServerAddress } from './sip-socket.ts'

/** The phones of a test: registered when they are handed out, gone when it is over. */
export class PhoneRack {
  readonly #server: () => ServerAddress
  readonly #scripted: ScriptedPhone[] = []
  readonly #baresips: Baresip[] = []

  /** @param server asked when a phone is needed: at the time of the rack nobody has logged in yet. */
  constructor(server: () => ServerAddress) {
    this.#server = server
  }

  async baresip(login: DigestLogin, toneHz: number, options: Omit<BaresipOptions, 'toneHz'> = {}): Promise<Baresip> {
    const phone = await Baresip.start(this.#server(), login, { toneHz, ...options })
    this.#baresips.push(phone)
    await phone.registered()
    return phone
  }

  async scripted(login: DigestLogin): Promise<ScriptedPhone> {
    const phone = await ScriptedPhone.open(this.#server(), login)
    this.#scripted.push(phone)
    await phone.register()
    return phone
  }

  /** As `takeDown`, for lines that are called again: their scripted phones are forgotten at once. */
  async signOff(): Promise<void> {
    for (const phone of this.#scripted) await phone.unregister()
    await this.takeDown()
  }

  async takeDown(): Promise<void> {
    for (const phone of this.#scripted.splice(0)) phone.close()
    await Promise.all(this.#baresips.splice(0).map((phone) => phone.stop()))
  }
}
