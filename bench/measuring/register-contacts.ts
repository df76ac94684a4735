import { exchange } from './udp-exchange.ts'

/** Registers every name at the registrar of a peer with a contact at one port. @throws when one is refused */
export async function registerContacts(registrarPort: number, names: readonly string[], contactPort: number): Promise<void> {
  const answers = await Promise.all(names.map((name) => exchange(registrarPort, (localPort) => registerRequest(registrarPort, name, contactPort, localPort))))
  const refused = answers.find((answer) => !answer.startsWith('SIP/2.0 200'))
  if (refused !== undefined) throw new Error(`not registered: ${refused.split('\r\n')[0]}`)
}

function registerRequest(registrarPort: number, name: string, contactPort: number, localPort: number): string {
  return [
    `REGISTER sip:127.0.0.1:${registrarPort} SIP/2.0`,
    `Via: SIP/2.0/UDP 127.0.0.1:${localPort};branch=z9hG4bKcontact${localPort}`,
    `From: <sip:${name}@127.0.0.1>;tag=contact`,
    `To: <sip:${name}@127.0.0.1>`,
    `Call-ID: contact-${localPort}-${name}`,
    'CSeq: 1 REGISTER',
    `Contact: <sip:${name}@127.0.0.1:${contactPort}>;expires=3600`,
    'Max-Forwards: 70',
    'Content-Length: 0',
    '',
    '',
  ].join('\r\n')
}
