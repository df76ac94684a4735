import { createSocket, type Socket } from 'node:dgram'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { answerStun, isStun } from '../src/transport/stun-binding.ts'
import { Arrivals } from './arrivals.ts'
import { type RunningStack, StackHarness } from './stack-harness.ts'

/** RFC 5769 2.2 and 2.3: the mapped addresses of the sample responses, under their transaction id. */
const TRANSACTION_ID = 'b7e7a701bc34d686fa87dfae'
const REQUEST = Buffer.from(`000100002112a442${TRANSACTION_ID}`, 'hex')

let harness: StackHarness
let server: RunningStack
let socket: Socket
let answers: Arrivals<Buffer>

beforeEach(async () => {
  harness = new StackHarness()
  server = await harness.stack()
  socket = createSocket('udp4')
  answers = new Arrivals()
  socket.on('message', (bytes) => answers.push(bytes))
  await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve))
})
afterEach(async () => {
  socket.close()
  await harness.close()
})

describe('STUN on the SIP port (RFC 5626 4.4.2, RFC 5389)', () => {
  it('writes the mapped address as the samples of RFC 5769 2.2 and 2.3 have it', () => {
    expect(answerStun(REQUEST, '192.0.2.1', 32_853)?.toString('hex')).toBe(`0101000c2112a442${TRANSACTION_ID}002000080001a147e112a643`)
    expect(answerStun(REQUEST, '2001:db8:1234:5678:11:2233:4455:6677', 32_853)?.toString('hex')).toBe(
      `010100182112a442${TRANSACTION_ID}002000140002a1470113a9faa5d3f179bc25f4b5bed2b9d9`,
    )
    expect(answerStun(REQUEST, '2001:db8::7', 1)?.length).toBe(44)
  })

  it('tells a phone where it is seen, and is no SIP message', async () => {
    socket.send(REQUEST, server.udp.port, '127.0.0.1')
    const answer = await answers.next()
    expect([answer.readUInt16BE(0), answer.readUInt16BE(26) ^ 0x2112, answer.subarray(8, 20).toString('hex')]).toEqual([
      0x0101,
      socket.address().port,
      TRANSACTION_ID,
    ])
    expect([server.stack.statistics.received, server.stack.statistics.malformed]).toEqual([0, 0])
  })

  it('refuses with 420 what it would have to understand (RFC 5389 7.3.1)', () => {
    const changeRequest = Buffer.from(`000100082112a442${TRANSACTION_ID}0003000400000006`, 'hex')
    expect(answerStun(changeRequest, '192.0.2.1', 1)?.toString('hex')).toBe(`011100102112a442${TRANSACTION_ID}0009000400000414000a000200030000`)
    const optional = Buffer.from(`000100082112a442${TRANSACTION_ID}8022000461626364`, 'hex')
    expect(answerStun(optional, '192.0.2.1', 1)?.readUInt16BE(0)).toBe(0x0101)
  })

  it('answers nothing to responses, broken lengths and cut messages', () => {
    for (const hex of ['0101000021 12a442', '000100042112a442', '000100042112a442'])
      expect(answerStun(Buffer.from(`${hex.replace(' ', '')}${TRANSACTION_ID}`, 'hex'), '192.0.2.1', 1)).toBeUndefined()
    const cut = Buffer.from(`000100082112a442${TRANSACTION_ID}8022ffff61626364`, 'hex')
    expect(answerStun(cut, '192.0.2.1', 1)).toBeUndefined()
    for (let length = 0; length < 20; length++) expect(isStun(REQUEST.subarray(0, length))).toBe(false)
    expect(isStun(Buffer.from('OPTIONS sip:x@y SIP/2.0\r\n'))).toBe(false)
    // RFC 5389 8: the cookie is what tells it from anything else on the port.
    const another = Buffer.from(REQUEST)
    another.writeUInt32BE(0x2112_a443, 4)
    expect([isStun(REQUEST), isStun(another)]).toEqual([true, false])
  })
})
