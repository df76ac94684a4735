import { connect, type Socket } from 'node:net'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { SwitchRig } from './switch-rig.ts'
import { expectNothingLeft, hearEachOther, talk } from './talk.ts'

/** More than one address may have connections at a time. */
const STRANGERS = 1_200

let rig: SwitchRig
const sockets: Socket[] = []

beforeEach(async () => {
  rig = await SwitchRig.start()
})
afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy()
  try {
    await expectNothingLeft(rig)
  } finally {
    await rig.stop()
  }
})

function options(number: number): string {
  const head = [
    'OPTIONS sip:127.0.0.1 SIP/2.0',
    `Via: SIP/2.0/TCP 127.0.0.1:9;branch=z9hG4bKidle${number}`,
    'Max-Forwards: 70',
    'From: <sip:s@127.0.0.1>;tag=s',
  ]
  return [...head, 'To: <sip:127.0.0.1>', `Call-ID: idle-${number}`, 'CSeq: 1 OPTIONS', 'Content-Length: 0', '', ''].join('\r\n')
}

/** A connection that stays: of every second one nothing is ever heard, the others ask once who is there. */
async function stranger(number: number): Promise<void> {
  const socket = connect(rig.sipPort, '127.0.0.1')
  socket.on('error', () => undefined)
  sockets.push(socket)
  await new Promise((resolve) => socket.once('connect', resolve).once('close', resolve))
  if (number % 2 === 0) return
  socket.write(options(number))
  await new Promise((resolve) => socket.once('data', resolve).once('close', resolve))
}

describe('more idle connections from the address of phones than there are places', () => {
  it('leave calls and registered phones over TCP as they are, and a phone that comes finds a place (RFC 3261 18)', async () => {
    const [alice, bob] = [await rig.phone('alice-desk', 'tcp'), await rig.phone('bob-desk', 'tcp')]
    const call = await talk(rig, alice, '2002', bob)
    await hearEachOther(call)
    for (let number = 0; number < STRANGERS; number++) await stranger(number)
    expect(rig.stack.statistics.connections).toBe(1_000)
    await hearEachOther(call)
    const carol = await rig.phone('carol-desk', 'tcp')
    const other = await talk(rig, carol, '2002', bob)
    other.caller.leg.bye()
    await other.callee.saw('bye')
    call.callee.leg.bye()
    await call.caller.saw('bye')
    expect(rig.switch.bindingsOf('alice-desk')).toHaveLength(1)
  })
})
