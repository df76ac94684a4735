import { afterEach, beforeAll, describe, expect, it } from 'vitest'
import { eventually, pause } from './eventually.ts'
import { Baresip } from './phones/baresip.ts'
import { Linphone } from './phones/linphone.ts'
import { isAbsent } from './phones/program-present.ts'
import { toneFile } from './phones/tone-form.ts'
import { CALLEE_HZ, CALLER_HZ, makeTwoParties, PSTN_HZ, TONES_HZ, type TwoParties } from './phones/two-parties.ts'
import { done } from './tenant.ts'

const MUSIC_HZ = PSTN_HZ

let parties: TwoParties
const phones: { stop(): Promise<void> }[] = []

beforeAll(async () => {
  parties = await makeTwoParties()
  const { http, path } = parties.account
  const input = done(await http.post<{ key: string; url: string }>('/v2/job/input'))
  const { pathname, search } = new URL(input.url)
  done(await http.send('PUT', pathname + search, undefined, { raw: { content: toneFile(MUSIC_HZ, 4), contentType: 'audio/wav' } }))
  const job = done(await http.post<{ id: string }>(`${path}/media_2?jobUploadKey=${input.key}`))
  await eventually('the music to be chosen', 15_000, async () =>
    done(await http.get<{ status: string }>(`/v2/job/${job.id}`)).status === 'DONE' ? true : undefined,
  )
})

afterEach(async () => {
  await Promise.all(phones.splice(0).map((phone) => phone.stop()))
})

/** Both speak G.711. Who is held is a linphone: baresip 1.0 records nothing more once a description has changed. */
async function start() {
  const baresip = await Baresip.start(parties.server, parties.caller.login, { toneHz: CALLER_HZ })
  const linphone = await Linphone.start(parties.server, parties.callee.login, { toneHz: CALLEE_HZ })
  phones.push(baresip, linphone)
  await Promise.all([baresip.registered(), linphone.registered()])
  return { baresip, linphone }
}

describe.skipIf(isAbsent('baresip') || isAbsent('linphonec'))("music on hold by phones' own hold (RFC 3264 8.4, RFC 6337 5.3)", () => {
  it.each(['caller', 'callee'] as const)(
    "S1-40: the %s holds: the other hears the account's music, and the voice again after the resume",
    { timeout: 60_000 },
    async (holder) => {
      const { baresip, linphone } = await start()
      if (holder === 'caller') {
        await baresip.dial(`sip:${parties.callee.extension}@dialtone.local`)
        await linphone.saw(/Receiving new incoming call/)
        linphone.command('answer')
      } else {
        linphone.command(`call sip:${parties.caller.extension}@dialtone.local`)
        await baresip.saw('CALL_INCOMING')
        await baresip.accept()
      }
      await linphone.saw(/Media streams established/)
      await pause(2_000)
      await baresip.command('hold')
      await pause(2_500)
      await baresip.command('resume')
      await pause(2_500)
      await baresip.hangUp()
      await linphone.saw(/Call \d+ .*ended/)
      await pause(500)
      expect(linphone.tonesInTurn(TONES_HZ)).toEqual([CALLER_HZ, MUSIC_HZ, CALLER_HZ])
    },
  )
})
