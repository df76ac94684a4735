import { formatNameAddress } from '@dialtone/sip'
import type { Header } from '@dialtone/sip'
import type { StoredBinding } from '../ports/registration-store.ts'

/** The Contact values of a 200: every binding with the seconds it has left, at least one (RFC 3261 10.3 step 8). */
export function contactHeaders(bindings: readonly StoredBinding[], nowMs: number): readonly Header[] {
  return bindings.map((binding) => {
    const parameters: [string, string][] = []
    const { contactUri, q, instanceId, regId } = binding
    if (q !== undefined) parameters.push(['q', q])
    // RFC 5626 6: so that the device knows its own among the others.
    if (instanceId !== undefined) parameters.push(['+sip.instance', instanceId])
    if (regId !== undefined) parameters.push(['reg-id', String(regId)])
    parameters.push(['expires', String(Math.max(1, Math.round((binding.expiresAtMs - nowMs) / 1000)))])
    return ['Contact', formatNameAddress({ uri: contactUri, parameters })]
  })
}
