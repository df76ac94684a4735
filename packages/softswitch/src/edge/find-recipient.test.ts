import { describe, expect, it } from 'vitest'
import type { NumberRule } from '@dialtone/numbering'
import type { CarrierPeer, NumberOwner, SwitchDirectory } from '../ports/switch-directory.ts'
import { findRecipient } from './find-recipient.ts'

const SOURCE = { transport: 'udp', address: '192.0.2.10', port: 5060 } as const
const [MINE, OTHERS] = ['18015550101', '16075550199']
const OWNERS: Readonly<Record<string, NumberOwner>> = {
  [MINE]: { partitionId: 'mine', accountId: 'a1' },
  [OTHERS]: { partitionId: 'other', accountId: 'a2' },
}

function carrier(id: string, partitionId: string | undefined, inboundCalled: readonly NumberRule[] = []): CarrierPeer {
  return { id, name: id, partitionId, address: SOURCE.address, port: SOURCE.port, transport: 'udp', emergency: false, numberRules: { inboundCalled } }
}

/** Of the carriers the first is who is known by the address. */
function recipient(dialed: string, carriers: readonly CarrierPeer[], isByRegistration = false) {
  const [known] = carriers
  if (known === undefined) throw new Error('no carrier')
  const directory: Pick<SwitchDirectory, 'ownerOf' | 'carriers'> = { ownerOf: (number) => OWNERS[number], carriers: () => carriers }
  const found = findRecipient(directory, { dialed, known, isByRegistration }, SOURCE)
  return found === undefined ? undefined : [found.carrier.id, found.calledNumber]
}

/** Makes one number out of all. */
const GRABS_ALL = [{ prefix: '', strip: 32, prepend: OTHERS }]

describe('for whom the call of a carrier is', () => {
  it('is read by the rules of each tenant who has a carrier at that address', () => {
    const withPrefix = [{ prefix: '9', strip: 1, prepend: '1' }]
    const carriers = [carrier('other', 'other'), carrier('mine', 'mine', withPrefix)]
    expect(recipient('98015550101', carriers)).toEqual(['mine', MINE])
    expect(recipient(`+${OTHERS}`, carriers)).toEqual(['other', OTHERS])
    expect(recipient(`+${MINE}`, [carrier('other', 'other')])).toBeUndefined()
  })

  it('nobody draws the calls of another tenant to a number of his own by a rule that makes it out of any', () => {
    const mine = carrier('mine', 'mine', [{ prefix: '0', strip: 1, prepend: '+1' }])
    for (const carriers of [
      [carrier('grabs', 'other', GRABS_ALL), mine],
      [mine, carrier('grabs', 'other', GRABS_ALL)],
    ]) {
      expect(recipient(`+${MINE}`, carriers)).toEqual(['mine', MINE])
      expect(recipient('08015550101', carriers)).toEqual(['mine', MINE])
    }
  })

  it('S1-11: partitions below that have the carrier from above get their calls by it, others do not', () => {
    const above = { ...carrier('above', 'above'), inheritedBy: ['mine'] }
    expect(recipient(`+${MINE}`, [above])).toEqual(['above', MINE])
    expect(recipient(`+${OTHERS}`, [above])).toBeUndefined()
    expect(recipient(`+${MINE}`, [{ ...above, accountId: 'another' }])).toBeUndefined()
  })

  it('by a registration of ours it is that carrier, whatever others read', () => {
    expect(recipient(`+${MINE}`, [carrier('registered', 'other', GRABS_ALL), carrier('mine', 'mine')], true)).toEqual(['registered', OTHERS])
  })
})
