import { randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import type { Socket } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { eventually, pause } from './eventually.ts'
import { floodTcp, floodUdp, floodWebSocket, HOSTILE_ADDRESS, openHostile } from './phones/attacker.ts'
import { damagedMessages, requestText, seededBelow } from './phones/hostile-sip.ts'
import type { IncomingPhoneCall, OutgoingPhoneCall } from './phones/phone-call.ts'
import type { ScriptedPhone } from './phones/scripted-phone.ts'
import { openSipSocket, type ServerAddress } from './phones/sip-socket.ts'
import { statusOf, uriOf, valueOf } from './phones/sip-text.ts'
import { CALLEE_HZ, CALLER_HZ, makeScriptedPhones, makeTwoParties, TONES_HZ, type TwoParties } from './phones/two-parties.ts'
import { Platform } from './platform.ts'
import { slowness } from './slowness.ts'
import { Tenant } from './tenant.ts'

/**
 * DIALTONE_TOUGHNESS_MESSAGES: how many damaged messages go over UDP, a tenth of them over TCP and WebSocket each. A long run has
 * 100000; the seed is the same, so that the first ones are too, unless DIALTONE_TOUGHNESS_SEED is another one.
 */
const MESSAGES = Number(process.env['DIALTONE_TOUGHNESS_MESSAGES'] ?? 3000)
const SEED = Number(process.env['DIALTONE_TOUGHNESS_SEED'] ?? 0)
const PER_SECOND = 1500
/** A datagram that finds the kernel's buffer full is asked for again after half a second, as phones do. */
const LONGEST_ANSWER_MS = 3000
const USUAL_ANSWER_MS = 600
/** What the kernel may drop while this test, too, keeps the machine busy. */
const LEAST_HEARD = 0.95
/** Beyond what the server had when it was warm: buffers of connections, answers kept for 32 s, a lazy garbage collector. */
const MOST_GROWTH_BYTES = 250 * 1024 * 1024

let platform: Platform
let server: ServerAddress
let parties: TwoParties
let phones: readonly [ScriptedPhone, ScriptedPhone]
let call: OutgoingPhoneCall
let callee: IncomingPhoneCall
let warmBytes = 0

beforeAll(async () => {
  platform = await Platform.start()
  server = platform.address
  parties = await makeTwoParties(await Tenant.logIn(platform.address))
  phones = await makeScriptedPhones(parties)
  call = await phones[0].call(parties.callee.extension, { toneHz: CALLER_HZ })
  callee = await phones[1].nextCall()
  callee.ring()
  await callee.answer(CALLEE_HZ)
  expect(await call.finalStatus()).toBe(200)
  await eventually('sound', 5000, () => (call.media.packetsHeard > 100 ? true : undefined))
  warmBytes = residentBytes()
})

afterAll(async () => {
  for (const phone of phones) phone.close()
  await platform.discard()
})

function residentBytes(): number {
  const status = readFileSync(`/proc/${platform.processId}/status`, 'utf8')
  return Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1] ?? 0) * 1024
}

/** Sends OPTIONS from an honest address. @returns how long the answer took */
async function answerMs(): Promise<number> {
  const probe = await openSipSocket('udp', server)
  const startMs = performance.now()
  let atMs: number | undefined
  probe.onMessage(() => {
    atMs ??= performance.now()
  })
  const id = randomBytes(6).toString('hex')
  const ask = (): void => {
    const via = `Via: SIP/2.0/UDP ${probe.localHost}:${probe.localPort};branch=z9hG4bK${id};rport`
    const ends = `From: <sip:probe@example.com>;tag=${id}\r\nTo: <sip:${server.sipHost}>\r\nCall-ID: ${id}\r\nCSeq: 1 OPTIONS`
    probe.send(`OPTIONS sip:${server.sipHost} SIP/2.0\r\n${via}\r\nMax-Forwards: 70\r\n${ends}\r\nContent-Length: 0\r\n\r\n`)
  }
  ask()
  const repeat = setInterval(ask, 500)
  try {
    return (await eventually('an answer to OPTIONS', 5000, () => atMs)) - startMs
  } finally {
    clearInterval(repeat)
    probe.close()
  }
}

function median(values: readonly number[]): number {
  return values.toSorted((one, other) => one - other)[Math.floor(values.length / 2)] ?? 0
}

/** Does something hostile while a call with sound runs: the call does not notice, and the server answers others all the while. */
async function during(attack: () => Promise<unknown>): Promise<void> {
  const ears = [call.media, callee.media] as const
  for (const ear of ears) ear?.forget()
  const loggedBefore = platform.log.length
  // A machine that is busy with something else is slow before the attack as well.
  const undisturbedMs = median([await answerMs(), await answerMs(), await answerMs()])
  const answers: number[] = []
  let over = false
  const probing = (async () => {
    while (!over) {
      answers.push(await answerMs())
      await pause(200)
    }
  })()
  // It is waited for below; until then its failure is nobody's.
  probing.catch(() => undefined)
  try {
    await attack()
  } finally {
    await pause(300)
    over = true
    await probing
  }
  answers.push(await answerMs())
  await eventually('half a second of sound', 3000, () => (call.media.packetsHeard > 25 && (callee.media?.packetsHeard ?? 0) > 25 ? true : undefined))
  expect(call.media.toneHeard(TONES_HZ)).toBe(CALLEE_HZ)
  expect(callee.media?.toneHeard(TONES_HZ)).toBe(CALLER_HZ)
  expect(call.media.packetsHeard).toBeGreaterThan(LEAST_HEARD * (callee.media?.packetsSent ?? 0) - 5)
  expect(callee.media?.packetsHeard).toBeGreaterThan(LEAST_HEARD * call.media.packetsSent - 5)
  const times = slowness()
  expect(Math.max(...answers), 'the slowest answer').toBeLessThan(LONGEST_ANSWER_MS * times)
  expect(median(answers), 'half of the answers').toBeLessThan(USUAL_ANSWER_MS * times + 10 * undisturbedMs)
  expect([call.endedBy, callee.endedBy]).toEqual([undefined, undefined])
  expect(residentBytes() - warmBytes).toBeLessThan(MOST_GROWTH_BYTES)
  const logged = platform.log.slice(loggedBefore)
  expect(
    logged.split('\n').filter((line) => /"level":"?(error|fatal|50|60)|could not be handled|handler failed|timer failed|effect of a call failed/.test(line)),
  ).toEqual([])
}

function take<Value>(values: Iterator<Value, never>, count: number): Value[] {
  return Array.from({ length: count }, () => values.next().value)
}

describe('damaged messages (RFC 4475 and ordinary ones)', () => {
  it(`over UDP, ${MESSAGES} of them`, async () => {
    let answers = 0
    await during(async () => {
      answers = await floodUdp(server, take(damagedMessages(SEED + 1), MESSAGES), PER_SECOND)
    })
    // They did arrive.
    expect(answers).toBeGreaterThan(MESSAGES / 10)
  }, 400_000)

  it(`over TCP, ${MESSAGES / 10} of them`, async () => {
    await during(() => floodTcp(server, take(damagedMessages(SEED + 2), MESSAGES / 10)))
  }, 400_000)

  it(`over WebSocket, ${MESSAGES / 10} of them`, async () => {
    await during(() => floodWebSocket(server, take(damagedMessages(SEED + 3), MESSAGES / 10)))
  }, 400_000)
})

describe('streams', () => {
  it('cut at every byte give the same answer (RFC 3261 18.3)', async () => {
    await during(async () => {
      const socket = await openHostile(server)
      let received = ''
      socket.on('data', (chunk) => {
        received += chunk.toString('latin1')
      })
      const text = requestText('OPTIONS', 1, { transport: 'TCP' })
      for (let cut = 1; cut < text.length; cut++) {
        const branch = text.replace('z9hG4bKh1', `z9hG4bKcut${1000 + cut}`)
        socket.write(branch.slice(0, cut))
        await pause(1)
        socket.write(branch.slice(cut))
      }
      await eventually('every answer', 10_000, () => (received.split('SIP/2.0 200').length === text.length ? true : undefined))
      socket.destroy()
    })
  })

  it('that drip, two hundred of them, keep nobody waiting: a phone registers meanwhile', async () => {
    await during(async () => {
      const sockets = await Promise.all(Array.from({ length: 200 }, (_, index) => openHostile(server, `127.0.0.${100 + (index % 50)}`)))
      const text = requestText('REGISTER', 2, { transport: 'TCP' })
      for (let at = 0; at < 30; at++) {
        for (const socket of sockets) socket.write(text.charAt(at))
        await pause(100)
      }
      const startMs = performance.now()
      expect(statusOf(await phones[0].register())).toBe(200)
      expect(performance.now() - startMs).toBeLessThan(LONGEST_ANSWER_MS * slowness())
      for (const socket of sockets) socket.destroy()
    })
  })

  it('that idle, 9,900 connections of the 10,000 allowed, keep nobody waiting', async () => {
    await during(async () => {
      const sockets: Socket[] = []
      for (let count = 0; count < 9900; count += 100) {
        sockets.push(...(await Promise.all(Array.from({ length: 100 }, (_, index) => openHostile(server, `127.0.${1 + ((count / 100) % 99)}.${1 + index}`)))))
      }
      const startMs = performance.now()
      expect(statusOf(await phones[0].register())).toBe(200)
      expect(performance.now() - startMs).toBeLessThan(LONGEST_ANSWER_MS * slowness())
      for (const socket of sockets) socket.destroy()
    })
  })

  it('whose Content-Length lies end, or wait in vain', async () => {
    await during(async () => {
      for (const length of ['-1', '4294967296', '99999999999', '1e3', '65536', '0\r\nContent-Length: 5', '']) {
        const socket = await openHostile(server)
        socket.resume()
        for (let count = 0; count < 20; count++)
          socket.write(requestText('OPTIONS', count, { transport: 'TCP' }).replace('Length: 0', () => `Length: ${length}`))
        await pause(30)
        socket.destroy()
      }
    })
  })
})

describe('large headers', () => {
  it.each([
    ['64 kB of quotes that do not close in Via', `Via: ${'\\"'.repeat(30_000)}\r\n`],
    ['64 kB in one header', `X-Long: ${'x'.repeat(60_000)}\r\n`],
    ['ten thousand Vias in a line', `Via: ${'a,'.repeat(10_000)}a\r\n`],
    ['a Route set of a thousand', `Route: ${Array.from({ length: 1000 }, () => '<sip:127.0.0.1;lr>').join(',')}\r\n`],
    ['a Record-Route set of a thousand', `Record-Route: ${Array.from({ length: 1000 }, () => '<sip:127.0.0.1;lr>').join(',')}\r\n`],
    ['twenty thousand Contacts', `Contact: ${'<sip:a>,'.repeat(7000)}<sip:a>\r\n`],
    ['a hundred credentials', 'Authorization: Digest username="a", realm="dialtone.local", nonce="x", uri="sip:a", response="b"\r\n'.repeat(100)],
  ])('%s, a hundred times each method', async (_name, extra) => {
    const methods = ['INVITE', 'REGISTER', 'OPTIONS', 'SUBSCRIBE']
    await during(() =>
      floodUdp(
        server,
        Array.from({ length: 400 }, (_unused, index) => requestText(methods[index % 4] ?? '', 10_000 + index, { extra })),
        400,
      ),
    )
  })
})

describe('floods', () => {
  const COUNT = 2000

  it.each(['INVITE', 'REGISTER', 'SUBSCRIBE', 'OPTIONS', 'MESSAGE'])('of %s from one address', async (method) => {
    await during(() =>
      floodUdp(
        server,
        Array.from({ length: COUNT }, (_, index) => requestText(method, 20_000 + index)),
        PER_SECOND,
      ),
    )
  })

  it.each(['BYE', 'CANCEL', 'ACK', 'INVITE', 'PRACK', 'UPDATE', 'REFER', 'INFO', 'NOTIFY'])('of %s for dialogs nobody knows', async (method) => {
    await during(() =>
      floodUdp(
        server,
        Array.from({ length: COUNT }, (_, index) => requestText(method, 40_000 + index, { toTag: `t${index}` })),
        PER_SECOND,
      ),
    )
  })

  it('of responses to nothing', async () => {
    const response = (index: number): string =>
      requestText('INVITE', 60_000 + index, { toTag: 'x' })
        .replace(/^.*\r\n/, () => `SIP/2.0 ${100 + (index % 600)} What\r\n`)
        .replace('127.0.0.66:5060', server.sipHost)
    await during(() =>
      floodUdp(
        server,
        Array.from({ length: COUNT }, (_, index) => response(index)),
        PER_SECOND,
      ),
    )
  })

  it('of wrong passwords for a user that exists, from elsewhere, do not shut the user out', async () => {
    const { sipUsername } = parties.caller.login
    const attempt = (index: number): string => {
      const digest = `Digest username="${sipUsername}", realm="dialtone.local", nonce="${index}", uri="sip:dialtone.local", response="${'0'.repeat(32)}"`
      return requestText('REGISTER', 70_000 + index, { extra: `Authorization: ${digest}\r\n` }).replaceAll('sip:mallory@', `sip:${sipUsername}@`)
    }
    await during(() =>
      floodUdp(
        server,
        Array.from({ length: COUNT }, (_, index) => attempt(index)),
        PER_SECOND,
      ),
    )
    expect(statusOf(await phones[0].register())).toBe(200)
  })

  it('of INVITEs and BYEs into the running call by a stranger who knows its Call-ID and tags', async () => {
    if (call.final === undefined) throw new Error('not answered')
    const theirs = valueOf(call.final, 'to')
    const inCall = (method: string, index: number): string =>
      requestText(method, 80_000 + index)
        .replace(/To: .*\r\n/, () => `To: ${theirs}\r\n`)
        .replace(/Call-ID: .*\r\n/, () => `Call-ID: ${call.callId}\r\n`)
    const methods = ['INVITE', 'UPDATE', 'REFER', 'INFO', 'BYE', 'CANCEL', 'ACK']
    await during(() =>
      floodUdp(
        server,
        Array.from({ length: COUNT }, (_, index) => inCall(methods[index % 7] ?? '', index)),
        PER_SECOND,
      ),
    )
  })

  it('of re-INVITEs within a call by its own caller, none of them acknowledged, end no other call', async () => {
    const [caller, called] = phones
    const storm = await caller.call(parties.callee.extension)
    const ringing = await called.nextCall()
    await ringing.answer()
    await storm.finalStatus()
    const { final, callId } = storm
    if (final === undefined) throw new Error('not answered')
    const [from, to, uri] = [valueOf(final, 'from'), valueOf(final, 'to'), uriOf(valueOf(final, 'contact'))]
    await during(async () => {
      for (let sequence = 10; sequence < 310; sequence++) {
        const dialog = { branch: caller.newBranch(), callId, sequence, from, to }
        caller.socket.send(caller.writeRequest('INVITE', uri, dialog, [['Contact', caller.contact]], storm.media.describe()))
        await pause(2)
      }
    })
    const answer = await caller.inDialog('BYE', uri, { callId, from, to }, 400)
    storm.close()
    expect(statusOf(answer)).toBe(200)
    await ringing.ended()
    ringing.close()
  })

  it('of noise', async () => {
    const below = seededBelow(9)
    await during(() =>
      floodUdp(
        server,
        Array.from({ length: COUNT }, () => randomBytes(1 + below(1400))),
        PER_SECOND,
      ),
    )
  })
})

describe('after all of it', () => {
  it(`the call is hung up by its caller, and has one record; nothing hostile came from anywhere but ${HOSTILE_ADDRESS}'s network`, async () => {
    expect(await call.hangUp()).toBe(200)
    await callee.ended()
    const records = await eventually('the record', 10_000, async () => {
      const found = await parties.account.callRecords()
      return found.length > 1 ? found : undefined
    })
    expect(records.filter((record) => record.sipCallIds.includes(call.callId))).toHaveLength(1)
    expect(records).toHaveLength(2)
  })
})
