import type { RemoteAddress, TransportName } from '@dialtone/sip'

/** Keeps bindings over a restart. `save` only queues: registering never waits for a disk or a database. */
export interface RegistrationStore {
  load(): Promise<readonly StoredBinding[]>
  save(change: BindingChange): void
  /**
   * For a store whose changes somebody must know before the phone is told of success: resolves when they do, or after a bounded
   * wait; undefined when nobody has to hear of what was saved last. Never rejects.
   */
  settled?(): Promise<void> | undefined
}

export type BindingChange =
  | { readonly kind: 'put'; readonly binding: StoredBinding }
  /** `expired`: nobody asked for it, its time was over. */
  | { readonly kind: 'remove'; readonly lineId: string; readonly contactUri: string; readonly expired?: true }

/** One contact of a line: RFC 3261 section 10.3. `contactUri` identifies it within the line. */
export interface StoredBinding {
  readonly lineId: string
  readonly accountId: string
  readonly partitionId: string
  /** The URI as the phone wrote it: it becomes the Request-URI of requests to the phone. */
  readonly contactUri: string
  /** Where the REGISTER came from; requests go there, not to the host in the contact (symmetric NAT). */
  readonly receivedFrom: RemoteAddress
  readonly callId: string
  readonly cseq: number
  readonly expiresAtMs: number
  readonly userAgent: string
  readonly registeredAtMs: number
  readonly transport: TransportName
  /** The q value as it was given, `undefined` when it was not. */
  readonly q?: string | undefined
  /** Proxies between us and the phone, the nearest first: the Route of requests to it (RFC 3327 5.3). */
  readonly path?: readonly string[] | undefined
  /** Which device it is, with its angle brackets: `<urn:uuid:…>` (RFC 5626 4.1). */
  readonly instanceId?: string | undefined
  /** Which of the device's flows (RFC 5626 4.2); given together with `instanceId` only. */
  readonly regId?: number | undefined
  /** Reachable through the connection it registered over and no other way: the binding ends with it (RFC 5626 4.2.2). */
  readonly flowBound?: boolean | undefined
  /** The tenant's domain it registered at; undefined: the platform's own. */
  readonly domain?: string | undefined
  /** Called before other ways to the same device: it uses the default transport of its domain. */
  readonly isPreferredWay?: boolean | undefined
}
