import type { Registration, SipStack } from '@dialtone/sip'
import type { CarrierPeer, SwitchDirectory } from '../ports/switch-directory.ts'

interface Kept {
  readonly settings: string
  readonly registration: Registration
}

/** Our registrations at carriers that want one; they follow what is configured. */
export class CarrierRegistrations {
  readonly #sip: Pick<SipStack, 'register'>
  readonly #directory: Pick<SwitchDirectory, 'carriers'>
  readonly #kept = new Map<string, Kept>()

  constructor(sip: Pick<SipStack, 'register'>, directory: Pick<SwitchDirectory, 'carriers'>) {
    this.#sip = sip
    this.#directory = directory
  }

  /** Begins those that are new or different, ends those that are no longer wanted. Costs one look at each carrier. */
  follow(): void {
    const wanted = new Map<string, CarrierPeer>()
    for (const carrier of this.#directory.carriers())
      if (carrier.registrarDomain !== undefined && carrier.credentials !== undefined) wanted.set(carrier.id, carrier)
    for (const [id, { settings, registration }] of this.#kept) {
      const carrier = wanted.get(id)
      if (carrier !== undefined && settingsOf(carrier) === settings) continue
      this.#kept.delete(id)
      void registration.stop()
    }
    for (const [id, carrier] of wanted) {
      if (!this.#kept.has(id)) this.#kept.set(id, { settings: settingsOf(carrier), registration: this.#register(carrier) })
    }
  }

  stop(): void {
    for (const { registration } of this.#kept.values()) void registration.stop()
    this.#kept.clear()
  }

  #register({ registrarDomain = '', credentials = { username: '', password: '' }, transport, address, port }: CarrierPeer): Registration {
    const { username } = credentials
    return this.#sip.register({
      registrar: `sip:${registrarDomain}`,
      to: { transport, address, port },
      addressOfRecord: `<sip:${username}@${registrarDomain}>`,
      credentials,
    })
  }
}

function settingsOf({ registrarDomain, credentials, transport, address, port }: CarrierPeer): string {
  return JSON.stringify([registrarDomain, credentials, transport, address, port])
}
