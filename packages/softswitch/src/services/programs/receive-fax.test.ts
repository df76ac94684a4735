import type { FaxEnd } from '@dialtone/media'
import { describe, expect, it } from 'vitest'
import type { FaxResult, PageFacts } from '../fax-reception.ts'
import { receiveFax } from './receive-fax.ts'

const caller = { number: '16075551212', name: 'Desk', anonymous: false }
const page: PageFacts = { columns: 8, rows: 1, columnsPerMetre: 8_037, rowsPerMetre: 3_850, badRows: 2, isComplete: true, sizeBytes: 3 }
const end = (reason: FaxEnd['reason']): FaxEnd => ({ reason, remoteIdent: '+1 607', bitRate: 9_600, hasCorrection: false, isSound: false })

function receive(fax: FaxResult | undefined) {
  const program = receiveFax({ kind: 'fax', faxLineId: 'office', name: 'Office' }, caller, '18015550001')
  const asked = program.next({}).value
  const next = program.next(fax === undefined ? {} : { fax })
  return { asked, next: next.value, last: next.done === true ? next.value : program.next({ answer: { kind: 'done', ok: true } }).value }
}

describe('the fax machine of a virtual fax line', () => {
  it('calls itself by the number that was called, and leaves what it received', () => {
    const { asked, next, last } = receive({ kind: 'ended', faxId: 'one', end: end('Completed'), pages: [page, page] })
    expect(asked).toMatchObject({ kind: 'fax', ident: '+18015550001', faxLineId: 'office', caller, calledNumber: '18015550001' })
    const deposit = { kind: 'fax.deposit', faxId: 'one', isComplete: true }
    expect(next).toMatchObject({ kind: 'ask', question: { ...deposit, remoteIdent: '+1 607' } })
    expect(last).toEqual({ kind: 'hangup' })
  })

  it('keeps what came of a fax that did not come to its end, and says so', () => {
    const { next, last } = receive({ kind: 'ended', faxId: 'one', end: end('CallEnded'), pages: [page] })
    expect(next).toMatchObject({ question: { kind: 'fax.deposit', isComplete: false } })
    expect(last).toEqual({ kind: 'hangup', code: 'FaxIncomplete' })
  })

  it('keeps nothing where nothing came', () => {
    expect(receive({ kind: 'ended', faxId: 'one', end: end('NoFaxMachine'), pages: [] }).next).toEqual({ kind: 'hangup', code: 'NoFaxReceived' })
    expect(receive({ kind: 'refused', statusCode: 488 }).next).toEqual({ kind: 'hangup', code: 'FaxRefused' })
    expect(receive(undefined).next).toEqual({ kind: 'hangup', code: 'FaxRefused' })
  })
})
