import type { CallRecord } from '../../src/index.ts'
import type { PhoneCall, SimulatedPhone } from './simulated-phone.ts'
import type { SimulationRun } from './simulation-run.ts'

/** More datagrams than that for one call are a loop; a call with all its retransmissions to vanished phones takes a few hundred. */
const MOST_DATAGRAMS_A_CALL = 2500

/** While nobody does anything: whom the switch has in a call, is in it, and nobody else is. */
export function checkAgreement(run: SimulationRun): string[] {
  const active = run.switch.activeCalls().filter((record) => record.disposition === 'IN_PROGRESS' && record.answeredAtMs !== undefined)
  const inCalls = new Set(active.flatMap((record) => record.sipCallIds))
  const calls = run.phones.flatMap((phone) => phone.calls)
  const gone = new Set(run.phones.filter((phone) => phone.dead || phone.wasAway).map((phone) => phone.name))
  const isLost = (call: PhoneCall): boolean => gone.has(call.phone) || call.forgotten
  if (run.transferred) {
    // Legs have gone from call to call, and the records of carriers with them: what is left is to count.
    const talking = calls.filter((call) => call.state === 'talking').length
    const { legs } = run.switch.statistics
    return calls.some(isLost) || talking === legs ? [] : [`${talking} phones talk, the switch has ${legs} legs`]
  }
  const alone = calls.filter((call) => call.state === 'talking' && !isLost(call) && !inCalls.has(call.callId))
  const found = alone.map((call) => `${call.phone} talks to nobody in ${call.callId}`)
  for (const record of active) {
    const ends = calls.filter((call) => record.sipCallIds.includes(call.callId))
    const talking = ends.filter((call) => call.state === 'talking')
    if (talking.length !== 2 && !ends.some(isLost))
      found.push(`the switch has ${record.sessionId} open with ${talking.length} ends: ${record.sipCallIds.join(' ')}`)
  }
  return found
}

/** When everybody who called has hung up and the network is quiet: nobody may still be in a call with somebody who left it. */
export function checkQuiet(run: SimulationRun): string[] {
  const vanished = new Set(run.phones.filter((phone) => phone.dead || phone.wasAway).flatMap((phone) => phone.calls.map((call) => call.callId)))
  const touched = new Set(
    run.records
      .concat(run.checkpoints)
      .filter((record) => record.sipCallIds.some((id) => vanished.has(id)))
      .flatMap((record) => record.sipCallIds),
  )
  if (run.transferred) return []
  const calls = run.phones.filter((phone) => !phone.dead).flatMap((phone) => phone.calls)
  const forgotten = new Set(calls.filter((call) => call.forgotten).map((call) => call.callId))
  for (const record of run.records.concat(run.checkpoints))
    if (record.sipCallIds.some((id) => forgotten.has(id))) for (const id of record.sipCallIds) touched.add(id)
  const stuck = calls.filter((call) => call.state !== 'over' && !touched.has(call.callId))
  return stuck.map((call) => `${call.phone} believes in a call that nobody else is in: ${call.callId} ${call.state}, heard ${call.heard.join(' ')}`)
}

/** When all is over: nothing is left anywhere, and every call has been written down once, as it was. */
export function checkDrained(run: SimulationRun): string[] {
  return [
    ...run.errors,
    ...run.observer.violations,
    ...run.observer.forgottenAnswers(),
    ...leaks(run),
    ...checkRecords(run),
    ...run.phones.flatMap((phone) => checkPhone(run, phone)),
    ...checkEffort(run),
  ]
}

function leaks(run: SimulationRun): string[] {
  const found: string[] = []
  const expectZero = (what: string, value: number): void => {
    if (value !== 0) found.push(`${value} ${what} left`)
  }
  const { calls, legs, mediaSessions, timers, bindings } = run.switch.statistics
  for (const [what, value] of Object.entries({ calls, legs, mediaSessions, timers, bindings })) expectZero(`${what} of the switch`, value)
  for (const { name, stack } of [{ name: 'the switch', stack: run.stack }, ...run.phones]) {
    expectZero(`transactions of ${name}`, stack.statistics.transactions)
    expectZero(`dialogs of ${name}`, stack.statistics.dialogs)
  }
  expectZero('timers of anybody', run.time.pending)
  expectZero('recordings', run.recordings.size)
  return found
}

function checkRecords(run: SimulationRun): string[] {
  const found: string[] = []
  const seen = new Set<string>()
  for (const record of run.records) {
    // Every leg that was sent on has a record of its own.
    const view = record.legType === 'Forward' ? record.id : `${record.sessionId} ${record.accountId}`
    if (seen.has(view)) found.push(`a record is closed twice: ${view}`)
    seen.add(view)
    found.push(...checkRecord(record))
  }
  const sessions = new Set(run.records.map((record) => record.sessionId))
  const expected = run.switch.statistics.callsStarted - takenCalls(run)
  if (sessions.size !== expected) found.push(`${expected} calls, records of ${sessions.size}`)
  // A leg that was transferred is in the records of both of its calls.
  if (run.transferred) return found
  const firsts = run.records.map((record) => record.sipCallIds[0])
  const callers = new Map(
    [...Map.groupBy(run.records, (record) => record.sipCallIds[0] ?? '')].map(([id, records]) => [id, new Set(records.map((record) => record.sessionId)).size]),
  )
  for (const id of new Set(firsts)) if ((callers.get(id ?? '') ?? 0) > 1) found.push(`one INVITE made two calls: ${id}`)
  return found
}

/** INVITEs that were for a call that was there already: its records tell of them. */
function takenCalls(run: SimulationRun): number {
  const recent = [...run.directory.snapshots.keys()].flatMap((accountId) => run.switch.calls.recentOf(accountId))
  return recent.filter(({ sessionId }) => run.switch.traceOf(sessionId)?.some(({ type }) => type === 'taken') === true).length
}

function checkRecord(record: CallRecord): string[] {
  const { startedAtMs, ringingAtMs, answeredAtMs, endedAtMs, disposition, sipStatusCode, sessionId } = record
  const times = [startedAtMs, ringingAtMs, answeredAtMs, endedAtMs].filter((time) => time !== undefined)
  const found: string[] = []
  if (endedAtMs === undefined) found.push(`${sessionId} is closed without an end`)
  if (times.some((time, index) => time < (times[index - 1] ?? 0))) found.push(`${sessionId} has times out of order: ${times.join(' ')}`)
  if ((disposition === 'ANSWERED') !== (answeredAtMs !== undefined)) found.push(`${sessionId} is ${disposition}, answered at ${answeredAtMs}`)
  if ((disposition === 'ANSWERED') !== (sipStatusCode === 200)) found.push(`${sessionId} is ${disposition} with ${sipStatusCode}`)
  if (disposition === 'IN_PROGRESS') found.push(`${sessionId} is closed in progress`)
  if (disposition !== 'ANSWERED' && (sipStatusCode < 300 || sipStatusCode > 699)) found.push(`${sessionId} ended with ${sipStatusCode}`)
  if (record.hangupBy === undefined) found.push(`${sessionId} was ended by nobody`)
  return found
}

function checkPhone(run: SimulationRun, phone: SimulatedPhone): string[] {
  return phone.calls.flatMap((call) => (call.direction === 'outgoing' ? checkCaller(run, call, phone.dead) : checkCallee(call)))
}

function checkCallee(call: PhoneCall): string[] {
  const ends = call.heard.filter((type) => ['bye', 'cancelled', 'ackTimeout', 'sessionExpired'].includes(type))
  return ends.length > 1 ? [`${call.phone} was told twice that ${call.callId} is over: ${call.heard.join(' ')}`] : []
}

/** A caller hears one final response, and the records say the same. */
function checkCaller(run: SimulationRun, call: PhoneCall, isDead: boolean): string[] {
  const found: string[] = []
  if (call.finals.length > 1) found.push(`${call.phone} heard ${call.finals.length} final responses in ${call.callId}`)
  const [final] = call.finals
  if (final === undefined && !isDead && !call.forgotten) found.push(`${call.phone} never heard how ${call.callId} ended`)
  // A leg that was transferred, or took a place, is in the records of other calls too.
  const records = run.records.filter((each) => (run.transferred ? each.sipCallIds.includes(call.callId) : each.sipCallIds[0] === call.callId))
  const record = records.find((each) => each.disposition === 'ANSWERED') ?? records[0]
  if (record === undefined || final === undefined || final.local || isDead) return found
  // Whoever picked a call up was answered by us; whom he wanted may have gone before the answer could (RFC 3262 5: it waits for a PRACK).
  const hasPickedUp = record.pickup !== undefined && record.sipCallIds[0] !== call.callId
  if (final.statusCode === 200 && record.disposition !== 'ANSWERED' && !hasPickedUp)
    found.push(`${call.callId} was answered, its record says ${record.disposition}`)
  if (final.statusCode !== 200 && !run.transferred && record.sipStatusCode !== final.statusCode) {
    found.push(`${call.phone} heard ${final.statusCode} in ${call.callId}, its record says ${record.sipStatusCode} ${record.disposition}`)
  }
  return found
}

function checkEffort(run: SimulationRun): string[] {
  const most = MOST_DATAGRAMS_A_CALL * (1 + run.callsPlanned)
  return run.network.sent > most ? [`${run.network.sent} datagrams for ${run.callsPlanned} calls`] : []
}
