import { formatUri, parseUri, type Registration, type RegistrationState, type SipStack } from '@dialtone/sip'
import { remoteOf, targetsOf } from '../ports/switch-directory.ts'
import type { CarrierPeer, CarrierTarget, SwitchDirectory } from '../ports/switch-directory.ts'
import type { CarrierRegistration } from '../ports/switch-events.ts'
import type { GatewayBoard } from './gateway-board.ts'

export interface CarrierRegistrationNeeds {
  readonly sip: Pick<SipStack, 'register'>
  readonly directory: Pick<SwitchDirectory, 'carriers'>
  readonly gateways: Pick<GatewayBoard, 'inOrder' | 'statusOf'>
  readonly tell: (event: Omit<CarrierRegistration, 'atMs'>) => void
  /** What stands behind the user of our Contact. */
  readonly contactHost: () => string
}

interface Kept {
  readonly settings: string
  /** All the places of the carrier when they were looked at last. */
  targets: readonly CarrierTarget[]
  registration: Registration
  target: CarrierTarget
  /** The place did not answer OPTIONS when it was looked at last. */
  isDown: boolean
  /** Places that have failed since one took us. */
  readonly failedAt: Set<string>
}

/** Sooner than RFC 3261 gives up: the next place may be well. */
const ANSWER_TIMEOUT_MS = 5_000
/** The place itself is the trouble, not what we ask: another one may do. */
const OF_THE_PLACE: ReadonlySet<number> = new Set([408, 500, 502, 503, 504])

const LONGEST_SHOWN = 200

/** Our registrations at carriers that want one; they follow what is configured, and go to the carrier's next place when one fails. */
export class CarrierRegistrations {
  readonly #needs: CarrierRegistrationNeeds
  readonly #kept = new Map<string, Kept>()
  /** Removals under way: one that is repeated late would take away what a new registration of the same contact has brought. */
  readonly #leaving = new Set<string>()

  constructor(needs: CarrierRegistrationNeeds) {
    this.#needs = needs
  }

  /** Begins those that are new or different, ends those that are no longer wanted. Costs one look at each carrier. */
  follow(): void {
    const wanted = new Map<string, CarrierPeer>()
    for (const carrier of this.#needs.directory.carriers())
      if (carrier.registrarDomain !== undefined && carrier.credentials !== undefined && this.#needs.gateways.inOrder(carrier).length > 0)
        wanted.set(carrier.id, carrier)
    for (const [id, kept] of this.#kept) {
      const { settings, registration } = kept
      const carrier = wanted.get(id)
      if (carrier !== undefined && settingsOf(carrier) === settings && stays(kept, targetsOf(carrier))) continue
      this.#kept.delete(id)
      this.#leaving.add(id)
      void registration.stop().then(() => this.#leaving.delete(id))
      if (carrier === undefined) this.#needs.tell({ carrierId: id, gatewayId: id, state: 'stopped', statusCode: undefined, expiresAtMs: undefined })
    }
    for (const [id, carrier] of wanted) {
      const kept = this.#kept.get(id)
      if (this.#leaving.has(id)) continue
      if (kept === undefined) this.#begin(carrier)
      else this.#heed(carrier, kept)
    }
  }

  /** Whether the place took no REGISTER of ours when it was asked last. */
  isLost({ id }: CarrierPeer, target: CarrierTarget): boolean {
    const kept = this.#kept.get(id)
    return kept?.target.id === target.id && kept.registration.state.name === 'failed' && OF_THE_PLACE.has(kept.registration.state.statusCode)
  }

  /** Resolves when those that may have us have let us go: with digest that takes two requests. Who did not take us is not waited for. */
  async stop(): Promise<void> {
    const leaving = [...this.#kept.values()].map(({ registration }) => ({ mayHaveUs: registration.state.name !== 'failed', left: registration.stop() }))
    this.#kept.clear()
    await Promise.all(leaving.flatMap(({ mayHaveUs, left }) => (mayHaveUs ? [left] : [])))
  }

  /** A place that stops answering may have lost us, and one that is back has often forgotten who was there: both times it is asked at once. */
  #heed(carrier: CarrierPeer, kept: Kept): void {
    const isDown = this.#needs.gateways.statusOf(carrier, kept.target) === 'down'
    if (isDown === kept.isDown) return
    kept.isDown = isDown
    if (!isDown || kept.registration.state.name === 'registered') kept.registration.renew()
  }

  #begin(carrier: CarrierPeer): void {
    const [target] = this.#needs.gateways.inOrder(carrier)
    if (target === undefined) return
    const registration = this.#register(carrier, target)
    const kept: Kept = { settings: settingsOf(carrier), targets: targetsOf(carrier), registration, target, isDown: false, failedAt: new Set() }
    this.#kept.set(carrier.id, kept)
    this.#listen(kept, carrier)
  }

  #listen(kept: Kept, carrier: CarrierPeer): void {
    const { registration } = kept
    registration.onChange((state) => {
      if (this.#kept.get(carrier.id) === kept && kept.registration === registration) this.#changed(kept, { ...carrier, targets: kept.targets }, state)
    })
  }

  #changed(kept: Kept, carrier: CarrierPeer, state: RegistrationState): void {
    const { target } = kept
    const place = { carrierId: carrier.id, gatewayId: target.id }
    if (state.name === 'registered') {
      kept.failedAt.clear()
      this.#needs.tell({ ...place, state: 'registered', statusCode: undefined, expiresAtMs: state.expiresAtMs })
    }
    if (state.name !== 'failed') return
    this.#needs.tell({ ...place, state: 'failed', statusCode: state.statusCode, reason: reasonOf(state), expiresAtMs: undefined })
    const isSentOn = state.contacts !== undefined
    if (!OF_THE_PLACE.has(state.statusCode) && !isSentOn) return
    kept.failedAt.add(target.id)
    const places = this.#needs.gateways.inOrder(carrier).filter((each) => !isSentOn || isNamed(each, carrier, state.contacts ?? []))
    const next = places.find(({ id }) => !kept.failedAt.has(id))
    // All have failed: this one is asked again when it is time, and then the others.
    if (next === undefined) return kept.failedAt.clear()
    kept.registration.abandon()
    Object.assign(kept, { registration: this.#register(carrier, next), target: next, isDown: false })
    this.#listen(kept, carrier)
  }

  #register(carrier: CarrierPeer, { address, port }: CarrierTarget): Registration {
    const { registrarDomain = '', credentials = { username: '', password: '' }, transport, contactUser } = carrier
    const { username } = credentials
    return this.#needs.sip.register({
      registrar: formatUri({ host: registrarDomain }),
      to: remoteOf(carrier, { address, port }),
      // The name may be an address of e-mail, or whatever else its carrier gives out: of a URI it is the user alone.
      addressOfRecord: `<${formatUri({ user: username, host: registrarDomain })}>`,
      ...(contactUser === undefined
        ? {}
        : { contact: `<sip:${contactUser}@${this.#needs.contactHost()}${transport === 'udp' ? '' : `;transport=${transport}`}>` }),
      credentials,
      answerTimeoutMs: ANSWER_TIMEOUT_MS,
    })
  }
}

function reasonOf({ reason, contacts = [] }: Extract<RegistrationState, { name: 'failed' }>): string | undefined {
  if (reason !== undefined) return `it cannot be reached: ${reason}`
  return contacts.length === 0 ? undefined : `it sends us to ${contacts.join(', ').slice(0, LONGEST_SHOWN)}`
}

/** Whether a registrar that sends us on means that place. Nowhere else do we go: our password would be asked for there, be it inside our own network. */
function isNamed({ address, port }: CarrierTarget, { transport }: CarrierPeer, contacts: readonly string[]): boolean {
  return contacts.some((contact) => {
    const uri = parseUri(contact)
    return uri !== undefined && (uri.host === address || uri.host === `[${address}]`) && (uri.port ?? (transport === 'tls' ? 5061 : 5060)) === port
  })
}

/**
 * Whether the registration stays where it is, now that these are the places of the carrier. A name may lead to another part of a pool with every answer,
 * in any order: moved each time, we would be unknown there again and again for as long as that takes. It moves when its place is none any more,
 * when another one is liked better, or when the first of those that are listed one by one is another.
 */
function stays(kept: Kept, targets: readonly CarrierTarget[]): boolean {
  if (targets === kept.targets) return true
  const now = targets.find(({ address, port }) => address === kept.target.address && port === kept.target.port)
  if (now === undefined) return false
  if (placesOf(targets) !== placesOf(kept.targets)) {
    const [first] = targets
    if (first?.id !== kept.targets[0]?.id || now.share?.priority !== first?.share?.priority) return false
    kept.failedAt.clear()
  }
  Object.assign(kept, { targets, target: now })
  return true
}

function placesOf(targets: readonly CarrierTarget[]): string {
  return targets.map(({ address, port }) => `${address} ${port}`).join()
}

function settingsOf({ registrarDomain, credentials, transport, serverName, contactUser }: CarrierPeer): string {
  return JSON.stringify([registrarDomain, credentials, transport, serverName, contactUser])
}
