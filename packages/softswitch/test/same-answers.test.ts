import type { SipResponse } from '@dialtone/sip'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { RawPhone } from './raw-phone.ts'
import { SwitchRig } from './switch-rig.ts'
import { REALM } from './switch-tenants.ts'

let rig: SwitchRig
const phones: RawPhone[] = []

beforeEach(async () => {
  rig = await SwitchRig.start({ protection: { trustLoopback: false, failuresPerUser: 3, failuresPerSource: 1000 } })
  const disabled = rig.directory.lines.get('carol-desk')
  if (disabled !== undefined) rig.directory.lines.set('carol-desk', { ...disabled, adminState: 'INACTIVE' })
  // The second account lets nobody in from here.
  Object.assign(rig.directory, { admits: (accountId: string) => accountId !== 'account-2' })
  await rig.phone('bob-desk')
})

afterEach(async () => {
  for (const phone of phones.splice(0)) phone.close()
  await rig.stop()
})

/** The last one is nobody. All of one length, for the datagram's sake. */
const USERS = { registered: 'bob-desk', unregistered: 'bob-cell', disabled: 'carol-desk', 'shut out': 'zoe-desk', unknown: 'nobody' } as const
const METHODS = ['REGISTER', 'INVITE', 'OPTIONS', 'SUBSCRIBE', 'MESSAGE', 'REFER', 'BYE'] as const

/** All an answer tells, without what it repeats of the request and what differs by chance. */
function told(response: SipResponse): unknown {
  const { statusCode, reasonPhrase, bodyText } = response
  const headers = response.allHeaders().filter(([name]) => !['via', 'from', 'to', 'call-id', 'cseq', 'date'].includes(name.toLowerCase()))
  return { statusCode, reasonPhrase, bodyText, headers: headers.map(([name, value]) => [name, value.replace(/nonce="[^"]*"/, 'nonce')]) }
}

const LINES = ['Contact: <sip:x@127.0.0.1:9>', 'Event: message-summary', 'Expires: 60', 'Refer-To: <sip:900@x>']

describe.each(['udp', 'tcp'] as const)('who scans over %s learns nothing of who there is (RFC 3261 22.1, 26.1.4)', (transport) => {
  it.each(METHODS)(
    '%s: the same answer for a user who is there, one who is not, a disabled one and one of an account that shuts the address out',
    async (method) => {
      for (const domain of [REALM, 'nobody.example']) {
        for (const password of [undefined, 'wrong']) {
          const heard = new Map<string, unknown>()
          for (const [kind, user] of Object.entries(USERS)) {
            const phone = await RawPhone[transport](user, rig.sipPort)
            phones.push(phone)
            const parts = { method, uri: method === 'REGISTER' ? `sip:${domain}` : `sip:${user}@${domain}`, lines: LINES }
            const answer = password === undefined ? await phone.finalOf(phone.send(parts)) : await phone.request(parts, password)
            heard.set(kind, told(answer))
          }
          for (const [kind, answer] of heard) expect(answer, `${kind} at ${domain}, ${password ?? 'no'} password`).toEqual(heard.get('unknown'))
        }
      }
    },
  )

  it('too many wrong passwords shut who is there out as who is not: 403, and nothing more', async () => {
    const heard = new Map<string, unknown>()
    for (const [kind, user] of Object.entries(USERS)) {
      const phone = await RawPhone[transport](user, rig.sipPort)
      phones.push(phone)
      const answers: unknown[] = []
      for (let guess = 0; guess < 5; guess++) answers.push(told(await phone.request({ method: 'REGISTER', lines: LINES }, `guess ${guess}`)))
      heard.set(kind, answers)
    }
    for (const [kind, answers] of heard) expect(answers, kind).toEqual(heard.get('unknown'))
    expect(heard.get('unknown')).toMatchObject([{ statusCode: 401 }, { statusCode: 401 }, { statusCode: 401 }, { statusCode: 403 }, { statusCode: 403 }])
  })
})
