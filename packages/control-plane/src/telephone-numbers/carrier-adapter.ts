/** What the platform asks of the carrier that numbers come from. */
export interface CarrierAdapter {
  /** @returns `active` when the numbers work at once, `pending` when the carrier will tell later (C-30). */
  activate(phoneNumbers: readonly string[]): 'active' | 'pending'
}

/** The inventory of the sandbox, and of providers that bring their own numbers: nothing to wait for. */
export const synchronousCarrier: CarrierAdapter = { activate: () => 'active' }
