/** What the platform asks of the carrier that numbers come from. */
export interface CarrierAdapter {
  /** @returns that the numbers work at once, or when the carrier will have activated them (C-30). */
  activate(phoneNumbers: readonly string[]): { readonly state: 'active' } | { readonly state: 'pending'; readonly afterMs: number }
}

/** The inventory of the sandbox, and of providers that bring their own numbers: nothing to wait for. */
export const synchronousCarrier: CarrierAdapter = { activate: () => ({ state: 'active' }) }

/** Takes its time, as carriers do: for trying out what comes later. */
export const DELAYED_CARRIER_ID = 'sandbox-delayed'
const DELAY_MS = 60_000

/** Carriers that are not asked over an interface of their own are those of the sandbox and of the providers: they need no waiting. */
export function carrierOf(carrierId: string): CarrierAdapter {
  return carrierId === DELAYED_CARRIER_ID ? { activate: () => ({ state: 'pending', afterMs: DELAY_MS }) } : synchronousCarrier
}
