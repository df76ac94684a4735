import { afterEach, describe, expect, it } from 'vitest'
import { MediaBench } from './media-bench.ts'

let bench: MediaBench
afterEach(() => bench.close())

describe('whose packets are taken', () => {
  it('drops and counts what a stranger sends to our port (RTP injection)', async () => {
    bench = await MediaBench.start()
    const { session, a, b } = await bench.call()
    const stranger = await bench.phone()
    a.say('first')
    await b.hears('first')
    stranger.sendBytes(Buffer.from('80000002000004600000000000', 'hex'), a.target)
    stranger.follow(a.sdp().replace(`m=audio ${a.port}`, `m=audio ${a.target}`))
    stranger.say('injected')
    stranger.sendRtcp(Buffer.from('80c9000100000005', 'hex'))
    a.say('last')
    await b.hears('last')
    expect(b.texts()).toEqual(['first', 'last'])
    b.say('for a only')
    await a.hears('for a only')
    expect(stranger.received).toEqual([])
    expect((await session.close()).a.packetsStray).toBeGreaterThanOrEqual(2)
  })

  it('follows a re-offer to another phone and leaves the old one', async () => {
    bench = await MediaBench.start()
    const { session, a, b } = await bench.call()
    const moved = await bench.phone()
    a.say('from the old place')
    await b.hears('from the old place')
    await bench.negotiate(session, 'a', { phone: moved, sdp: moved.sdp() }, { phone: b, sdp: b.sdp() })
    a.say('still under way')
    moved.say('from the new place')
    await b.hears('from the new place')
    expect(b.texts()).not.toContain('still under way')
    b.say('to the new place')
    await moved.hears('to the new place')
    expect(a.received).toEqual([])
  })

  it('latches to the real source of a phone behind NAT and answers there (RFC 4961)', async () => {
    bench = await MediaBench.start()
    const [session, a, b] = [await bench.session(), await bench.phone(), await bench.phone()]
    await bench.negotiate(session, 'a', { phone: a, sdp: a.sdp({ address: '192.0.2.77' }) }, { phone: b, sdp: b.sdp() })
    a.say('through the NAT')
    await b.hears('through the NAT')
    b.say('back through it')
    await a.hears('back through it')
    const stranger = await bench.phone()
    stranger.follow(a.sdp().replace(`m=audio ${a.port}`, `m=audio ${a.target}`))
    stranger.say('too late')
    a.say('still me')
    await b.hears('still me')
    expect(b.texts()).toEqual(['through the NAT', 'still me'])
  })

  it('takes nothing before there is an answer', async () => {
    bench = await MediaBench.start()
    const [session, a, b] = [await bench.session(), await bench.phone(), await bench.phone()]
    const offer = session.relayOffer('a', a.sdp())
    b.follow(offer.ok ? offer.value : '')
    b.say('too early')
    await bench.fence()
    const answer = session.relayAnswer('b', b.sdp())
    a.follow(answer.ok ? answer.value : '')
    await bench.settle()
    b.say('in time')
    await a.hears('in time')
    expect(a.texts()).not.toContain('too early')
  })
})

describe('hold', () => {
  it.each([
    ['a=sendonly', { lines: ['a=sendonly'] }, { lines: ['a=recvonly'] }],
    ['a=inactive', { lines: ['a=inactive'] }, { lines: ['a=inactive'] }],
    ['c=0.0.0.0 (RFC 3264 8.4)', { address: '0.0.0.0' }, {}],
  ])('%s: the holder hears nothing until it resumes', async (_name, hold, heldAnswer) => {
    bench = await MediaBench.start()
    const { session, a, b } = await bench.call()
    a.say('before')
    await b.hears('before')
    await bench.negotiate(session, 'a', { phone: a, sdp: a.sdp(hold) }, { phone: b, sdp: b.sdp(heldAnswer) })
    b.say('not for the holder')
    await bench.fence()
    await bench.negotiate(session, 'b', { phone: b, sdp: b.sdp() }, { phone: a, sdp: a.sdp() })
    b.say('after')
    await a.hears('after')
    expect(a.texts()).not.toContain('not for the holder')
  })

  it('a=sendonly: music of the holder reaches the held side', async () => {
    bench = await MediaBench.start()
    const { session, a, b } = await bench.call()
    await bench.negotiate(session, 'a', { phone: a, sdp: a.sdp({ lines: ['a=sendonly'] }) }, { phone: b, sdp: b.sdp({ lines: ['a=recvonly'] }) })
    a.say('music')
    await b.hears('music')
  })

  it('a rejected re-offer changes nothing', async () => {
    bench = await MediaBench.start()
    const { session, a, b } = await bench.call()
    session.relayOffer('a', a.sdp({ lines: ['a=inactive'] }))
    a.say('still talking')
    await b.hears('still talking')
  })
})
