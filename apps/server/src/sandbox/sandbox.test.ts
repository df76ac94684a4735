import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { ManualTime, silentLogger } from '@dialtone/foundation'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { LegEvents, portOf, SandboxCaller } from '../../test/sandbox-caller.ts'
import { startSandbox, type Sandbox } from './index.ts'

let time: ManualTime
let caller: SandboxCaller
let sandbox: Sandbox

beforeEach(async () => {
  time = new ManualTime(Date.UTC(2026, 0, 5, 10))
  caller = await SandboxCaller.start()
  sandbox = await startSandbox({ clock: time, timers: time, logger: silentLogger, switchAddress: () => ({ address: '127.0.0.1', port: caller.port }) })
})

afterEach(async () => {
  await sandbox.stop()
  await caller.stop()
})

/** Real messages take real turns of the event loop. */
async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setImmediate(resolve))
}

describe('the sandbox PSTN', () => {
  it('rings, answers a number and echoes what it hears', async () => {
    const { events } = caller.call('+18015551234', sandbox.pstn)
    expect((await events.next('progress')).statusCode).toBe(180)
    const { body } = await events.next('answered')
    const sound = Buffer.from(Array.from({ length: 160 }, (_, index) => index))
    for (let sequence = 1; sequence <= 5; sequence++) caller.speak(body, sound, sequence)
    await caller.hear((packets) => packets.some((packet) => packet.payload.equals(sound)))
  })

  it('sends its sound to where the switch is, although the description names an address beyond a port forwarding', async () => {
    const { events } = caller.call('+18015550105', sandbox.pstn, { address: '203.0.113.5' })
    await events.next('answered')
    await caller.hearTone([440])
  })

  it.each([
    ['5550100', 486],
    ['5550102', 404],
    ['5550103', 603],
    ['5550104', 503],
  ])('refuses a number that ends in %s with %i', async (ending, statusCode) => {
    const { events } = caller.call(`+1801${ending}`, sandbox.pstn)
    expect((await events.next('rejected')).statusCode).toBe(statusCode)
  })

  it('rings for ever at 5550101, until the caller gives up', async () => {
    const { outgoing, events } = caller.call('+16075550101', sandbox.pstn)
    expect((await events.next('progress')).statusCode).toBe(180)
    outgoing.cancel()
    expect((await events.next('rejected')).statusCode).toBe(487)
  })

  it('plays 440 Hz at 5550105', async () => {
    const { events } = caller.call('+18015550105', sandbox.pstn)
    await events.next('answered')
    await caller.hearTone([440])
  })

  it('plays ringback before it answers at 5550106', async () => {
    const { events } = caller.call('+18015550106', sandbox.pstn)
    const progress = await events.next('progress')
    expect(progress.statusCode).toBe(183)
    expect(portOf(progress.body ?? '')).toBeGreaterThan(0)
    await caller.hearTone([440, 480])
    time.advance(1500)
    await events.next('answered')
  })

  it('hangs up after 2 s at 5550107', async () => {
    const { events } = caller.call('+18015550107', sandbox.pstn)
    await events.next('answered')
    time.advance(1999)
    expect(await Promise.race([events.next('bye'), caller.sip.request(options())])).toHaveProperty('statusCode')
    time.advance(1)
    await events.next('bye')
  })

  it('calls what is no number unallocated', async () => {
    const { events } = caller.call('operator', sandbox.pstn)
    expect((await events.next('rejected')).statusCode).toBe(404)
  })

  it('answers an INVITE without a description by an offer, and takes the answer from the ACK (RFC 3261 13.2.1)', async () => {
    const socket = createSocket('udp4')
    socket.bind(0, '127.0.0.1')
    await once(socket, 'listening')
    const { port } = socket.address()
    const uri = `sip:+18015550105@127.0.0.1:${sandbox.pstn.port}`
    const message = (method: string, branch: string, toTag: string, body: string): string =>
      [
        `${method} ${uri} SIP/2.0`,
        `Via: SIP/2.0/UDP 127.0.0.1:${port};branch=z9hG4bK${branch}`,
        'Max-Forwards: 70',
        'From: <sip:late@127.0.0.1>;tag=a',
        `To: <${uri}>${toTag}`,
        'Call-ID: late-offer',
        `CSeq: 1 ${method}`,
        `Contact: <sip:late@127.0.0.1:${port}>`,
        ...(body === '' ? [] : ['Content-Type: application/sdp']),
        `Content-Length: ${body.length}`,
        '',
        body,
      ].join('\r\n')
    const answered = new Promise<string>((resolve) => {
      socket.on('message', (bytes) => {
        if (bytes.toString().startsWith('SIP/2.0 200')) resolve(bytes.toString())
      })
    })
    socket.send(message('INVITE', 'invite', '', ''), sandbox.pstn.port, '127.0.0.1')
    const response = await answered
    expect(response).toMatch(/^m=audio \d+ RTP\/AVP /m)
    const toTag = /^To:.*(;tag=\S+)/im.exec(response)?.[1] ?? ''
    socket.send(message('ACK', 'ack', toTag, caller.description()), sandbox.pstn.port, '127.0.0.1')
    await caller.hearTone([440])
    socket.close()
  })

  it('hangs up on everybody when it stops', async () => {
    const { events } = caller.call('+18015551234', sandbox.pstn)
    await events.next('answered')
    await sandbox.stop()
    await events.next('bye')
  })
})

describe('the sandbox PSAP', () => {
  const LOCATION = { streetNumber: '200', streetName: 'Hawley', streetSuffix: 'St', city: 'Binghamton', state: 'NY', postalCode: '13901' }
  const PIDF =
    '<presence><tuple><ca:civicAddress><ca:A1>NY</ca:A1><ca:A3>Binghamton</ca:A3><ca:RD>Hawley</ca:RD><ca:STS>St</ca:STS><ca:HNO>200</ca:HNO><ca:PC>13901</ca:PC></ca:civicAddress></tuple></presence>'

  it('answers 911 and 933 and keeps callback number, location and time (S0-75, S0-78)', async () => {
    const headers = [
      ['P-Asserted-Identity', '<sip:+16075551000@127.0.0.1>'],
      ['Geolocation', '<cid:here@test>'],
      ['Geolocation-Routing', 'yes'],
    ] as const
    const parts = [{ contentType: 'application/pidf+xml', contentId: 'here@test', body: PIDF }]
    const first = caller.call('911', sandbox.psap, { headers, parts })
    await first.events.next('answered')
    time.advance(60_000)
    await caller.call('933', sandbox.psap).events.next('answered')
    expect(sandbox.psapCalls()).toMatchObject([
      { service: '911', callbackNumber: '16075551000', location: LOCATION, receivedAt: '2026-01-05T10:00:00.000Z', callId: first.outgoing.leg.callId },
      { service: '933', callbackNumber: undefined, location: undefined, receivedAt: '2026-01-05T10:01:00.000Z', parts: [] },
    ])
    expect(sandbox.psapCalls()[0]?.parts.map((part) => part.contentType)).toEqual(['application/sdp', 'application/pidf+xml'])
  })

  it.each(['{no xml', '<presence', `<ca:civicAddress>${'x'.repeat(10_000)}`])('answers although the location cannot be read', async (body) => {
    const parts = [{ contentType: 'application/pidf+xml', contentId: 'here@test', body }]
    const { events } = caller.call('911', sandbox.psap, { headers: [['Geolocation', '<cid:here@test>']], parts })
    await events.next('answered')
    expect(sandbox.psapCalls()[0]).toMatchObject({ service: '911', location: undefined })
  })

  it('is no PSTN', async () => {
    const { events } = caller.call('+18015551234', sandbox.psap)
    expect((await events.next('rejected')).statusCode).toBe(404)
    expect(sandbox.psapCalls()).toEqual([])
  })

  it('forgets the oldest calls, not the newest, when there are too many', async () => {
    const { RecentList } = await import('./recent-list.ts')
    const list = new RecentList<number>(3)
    for (let item = 1; item <= 20; item++) {
      list.add(item)
      expect(list.values()).toEqual([item - 2, item - 1, item].filter((kept) => kept > 0))
    }
  })
})

describe('a call from the sandbox PSTN', () => {
  it('comes from the port the PSTN is known by, with the caller in From and P-Asserted-Identity, plays 1000 Hz and hangs up in time', async () => {
    const incoming = caller.nextInvite()
    const { callId } = sandbox.inboundCall({ from: '18015551234', to: '16075551000', seconds: 5 })
    const invite = await incoming
    expect(invite.source).toMatchObject({ address: '127.0.0.1', port: sandbox.pstn.port })
    expect(invite.request.uriText).toBe(`sip:+16075551000@127.0.0.1:${caller.port}`)
    expect(invite.request.from.uriText).toBe('sip:+18015551234@127.0.0.1')
    expect(invite.request.header('p-asserted-identity')).toContain('+18015551234')
    invite.progress(180)
    await until(() => sandbox.inboundCalls()[0]?.state === 'ringing')
    invite.answer({ body: caller.description() })
    const events = new LegEvents(invite.leg)
    await events.next('acknowledged')
    await caller.hearTone([1000])
    time.advance(5000)
    await events.next('bye')
    const startedAtMs = Date.UTC(2026, 0, 5, 10)
    const ended = { state: 'ended', statusCode: 200, startedAtMs, answeredAtMs: startedAtMs, endedAtMs: startedAtMs + 5000 }
    expect(sandbox.inboundCalls()).toEqual([{ callId, from: '18015551234', to: '16075551000', sipCallId: invite.request.callId, ...ended }])
  })

  it('lasts 30 s when nothing is said', async () => {
    const incoming = caller.nextInvite()
    sandbox.inboundCall({ from: '18015551234', to: '16075551000' })
    const invite = await incoming
    invite.answer({ body: caller.description() })
    const events = new LegEvents(invite.leg)
    await events.next('acknowledged')
    time.advance(29_999)
    expect(sandbox.inboundCalls()[0]?.state).toBe('answered')
    time.advance(1)
    await events.next('bye')
  })

  it('that is refused says with what', async () => {
    const incoming = caller.nextInvite()
    sandbox.inboundCall({ from: '18015551234', to: '16075551000' })
    ;(await incoming).reject(486)
    await until(() => sandbox.inboundCalls()[0]?.state === 'ended')
    expect(sandbox.inboundCalls()[0]).toMatchObject({ statusCode: 486, answeredAtMs: undefined })
  })

  it('ends when the called side hangs up', async () => {
    const incoming = caller.nextInvite()
    sandbox.inboundCall({ from: '18015551234', to: '16075551000' })
    const invite = await incoming
    invite.answer({ body: caller.description() })
    await new LegEvents(invite.leg).next('acknowledged')
    invite.leg.bye()
    await until(() => sandbox.inboundCalls()[0]?.state === 'ended')
    expect(sandbox.inboundCalls()[0]?.answeredAtMs).toBe(Date.UTC(2026, 0, 5, 10))
  })
})

/** A round trip to the PSTN: whatever it sent before has arrived when this is answered. */
function options() {
  const uri = `sip:127.0.0.1:${sandbox.pstn.port}`
  return {
    method: 'OPTIONS',
    uri,
    to: { transport: 'udp', ...sandbox.pstn },
    headers: [
      ['From', `<sip:caller@127.0.0.1>`],
      ['To', `<${uri}>`],
    ],
  } as const
}
