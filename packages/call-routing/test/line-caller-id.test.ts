import { describe, expect, it } from 'vitest'
import { account, ANN_NUMBER, dial, emergencyAddress, line, number, OUTSIDE_NUMBER, SPARE_NUMBER } from './account-fixture.ts'

const lobby = (callerId: { number?: string; name?: string; visible?: boolean }, emergencyNumber?: string) =>
  line('lobby', undefined, { callerId: { number: callerId.number, name: callerId.name ?? 'Lobby', visible: callerId.visible ?? true }, emergencyNumber })

describe('the caller ID of a line that belongs to no user', () => {
  it('S4-16: calls show the number of the line, with its caller name, or else the name of the line', () => {
    const spare = account({ lines: [lobby({ number: SPARE_NUMBER })] })
    expect(dial(spare, 'lobby', OUTSIDE_NUMBER)).toMatchObject({ kind: 'carrier', caller: { number: SPARE_NUMBER, name: 'Lobby', anonymous: false } })
    const named = account({ lines: [lobby({ number: ANN_NUMBER })] })
    expect(dial(named, 'lobby', OUTSIDE_NUMBER)).toMatchObject({ caller: { number: ANN_NUMBER, name: 'ADAMS ANN' } })
  })

  it('is hidden outside and from colleagues when the line hides it, never from the PSAP', () => {
    const hidden = account({ lines: [lobby({ number: SPARE_NUMBER, visible: false })] })
    expect(dial(hidden, 'lobby', OUTSIDE_NUMBER)).toMatchObject({ caller: { anonymous: true } })
    expect(dial(hidden, 'lobby', '4001')).toMatchObject({ kind: 'ring', caller: { anonymous: true } })
    expect(dial(hidden, 'lobby', '911')).toMatchObject({ kind: 'emergency', callbackNumber: SPARE_NUMBER, caller: { anonymous: false } })
  })

  it('a number that has left the account is not shown', () => {
    const moved = account({ lines: [lobby({ number: '18015557777' })] })
    expect(dial(moved, 'lobby', OUTSIDE_NUMBER)).toMatchObject({ caller: { number: ANN_NUMBER } })
  })

  it('S4-17: help calls back the emergency number of the line, before its caller ID', () => {
    const address = { ...emergencyAddress, unit: 'ELEVATOR 2' }
    const both = account({ lines: [lobby({ number: ANN_NUMBER }, SPARE_NUMBER)], numbers: [number(SPARE_NUMBER, undefined, { emergencyAddress: address })] })
    expect(dial(both, 'lobby', '911')).toMatchObject({ callbackNumber: SPARE_NUMBER, location: address })
  })
})
