import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { eventually } from './eventually.ts'
import { freePorts } from './phones/free-ports.ts'
import { isInside, losePackets, packetsLost, runInNamespace, whyNoNamespace } from './phones/lossy-namespace.ts'
import { isAbsent } from './phones/program-present.ts'
import { runSipp, sippLogin } from './phones/sipp.ts'
import { makeTwoParties } from './phones/two-parties.ts'

/** At each rate of loss; the API tells of a hundred records at once. */
const CALLS = 100

const missing = isInside() ? undefined : whyNoNamespace()
if (missing !== undefined) console.warn(`left out: packet loss, because ${missing}`)

/** The whole of this file once more, in a network of its own: the server, the phones and the loss between them. */
describe.skipIf(missing !== undefined || isInside() || isAbsent('sipp'))('packets that are lost', () => {
  it('5 and 10 of a hundred: in a network namespace, every call is made once and has one record', async () => {
    const config = join(import.meta.dirname, 'vitest.config.ts')
    const vitest = join(import.meta.dirname, '..', 'node_modules', 'vitest', 'vitest.mjs')
    const { code, output } = await runInNamespace(process.execPath, [vitest, 'run', '--config', config, 'packet-loss'])
    // Set in, so that its closing lines are not taken for those of the run this one is part of.
    expect(code, output.slice(-6000).replaceAll('\n', '\n  ')).toBe(0)
    expect(output).toContain('2 passed')
  }, 300_000)
})

describe.skipIf(!isInside())('inside the namespace', () => {
  afterEach(() => losePackets(0, 0))

  it.each([0.05, 0.1])(
    `${CALLS} calls with a loss of %d (RFC 3261 17.1.1.2, 17.2.1, 13.3.1.4): no call twice, one record each`,
    async (share) => {
      const { server, caller, callee, account } = await makeTwoParties()
      const port = await freePorts(400)
      const contact = `${server.sipHost}:${port}`
      const fields = [callee.login.sipUsername, 'dialtone.local', contact, '300', sippLogin(callee.login)]
      await runSipp(server, { scenario: 'register', port: port + 1, fields }).success()
      losePackets(server.sipPort, share)
      const answering = runSipp(server, {
        scenario: 'answer-through-losses',
        port,
        mediaPort: port + 20,
        calls: CALLS,
        timeoutSeconds: 120,
        ignoresUnexpected: true,
      })
      const calling = runSipp(server, {
        scenario: 'call-through-losses',
        port: port + 2,
        mediaPort: port + 210,
        calls: CALLS,
        fields: [caller.login.sipUsername, 'dialtone.local', callee.extension, sippLogin(caller.login)],
        timeoutSeconds: 120,
        ignoresUnexpected: true,
      })
      await Promise.all([calling.success(), answering.success()])
      // Five datagrams a call each way at the least: the loss was there.
      expect(packetsLost()).toBeGreaterThan(share * CALLS * 5)
      losePackets(server.sipPort, 0)
      const records = await eventually('the records', 60_000, async () => {
        const found = await account.callRecords()
        return found.length >= CALLS ? found : undefined
      })
      expect(records).toHaveLength(CALLS)
      expect(new Set(records.map((record) => record.sessionId)).size).toBe(CALLS)
      expect(new Set(records.flatMap((record) => record.sipCallIds)).size).toBe(2 * CALLS)
      expect(records.filter((record) => record.callFlagType !== 'ANSWERED')).toEqual([])
      // The extension rang once for each.
      expect(new Set([...answering.messages().matchAll(/^Call-ID: (.*)$/gm)].map(([, id]) => id?.trim())).size).toBe(CALLS)
    },
    200_000,
  )
})
