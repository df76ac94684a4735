import { describe, expect, it } from 'vitest'
import { decodeBencode, encodeBencode } from './measuring/bencode.ts'
import { takenByOthers, ticksIn } from './measuring/machine.ts'
import { ratioOf, spreadOf } from './measuring/median.ts'
import { cpuSecondsInSchedstat, cpuSecondsInStat, cpuSecondsOf } from './measuring/process-cpu.ts'
import { withSection } from './measuring/results-page.ts'
import { statisticsIn } from './measuring/sipp.ts'
import { wrkResultIn } from './measuring/wrk.ts'

describe('median', () => {
  it('is the middle of an odd count and between the middles of an even one, in whatever order they come', () => {
    expect(spreadOf([9, 1, 4])).toEqual({ median: 4, lowest: 1, highest: 9 })
    expect(spreadOf([10, 2, 4, 1])).toEqual({ median: 3, lowest: 1, highest: 10 })
  })

  it('is no figure when nothing was measured', () => {
    expect(() => spreadOf([])).toThrow('no values')
  })

  it('of a ratio is taken round by round, so that a slow phase of the machine does not count twice', () => {
    expect(ratioOf([10, 30, 12], [5, 15, 6])).toEqual({ median: 2, lowest: 2, highest: 2 })
  })
})

describe('processor time', () => {
  it('is read from the ticks of proc(5) whatever the program is called', () => {
    expect(cpuSecondsInStat('42 (a b) c) S 1 2 3 4 5 6 7 8 9 10 250 50 7 7 20 0')).toBe(3)
  })

  it('is read by the nanosecond from the scheduler', () => {
    expect(cpuSecondsInSchedstat('1500000000 12 34\n')).toBe(1.5)
  })

  it('of this process rises while it works', () => {
    const before = cpuSecondsOf(process.pid)
    const untilCpu = process.cpuUsage().user + 100_000
    while (process.cpuUsage().user < untilCpu);
    expect(cpuSecondsOf(process.pid) - before).toBeGreaterThan(0.05)
  })
})

describe('what others took', () => {
  it('is what was busy less what we and our ended children used', () => {
    const before = ticksIn('cpu  100 0 50 800 50 0 0 0 7 0\ncpu0 1', '1 (node) S 1 2 3 4 5 6 7 8 9 10 10 5 20 5 20 0')
    const after = ticksIn('cpu  160 0 70 860 60 5 5 40 7 0\ncpu0 1', '1 (node) S 1 2 3 4 5 6 7 8 9 10 12 8 60 10 20 0')
    expect(before).toEqual({ all: 1000, busy: 150, own: 40 })
    expect(takenByOthers(before, after)).toBe(40)
  })
})

describe('results page', () => {
  it('replaces the section of a bench that ran and keeps the others, in the order of the benches', () => {
    const first = withSection('# Results\n\nHow.', 'Calls', 'old calls', ['Parsing', 'Calls'])
    const second = withSection(first, 'Parsing', 'parsed\n\n### Table', ['Parsing', 'Calls'])
    expect(withSection(second, 'Calls', 'new calls', ['Parsing', 'Calls'])).toBe(
      '# Results\n\nHow.\n\n## Parsing\n\nparsed\n\n### Table\n\n## Calls\n\nnew calls\n',
    )
  })
})

describe('load tools', () => {
  it('of sipp: the last line counts, times are taken from the clock', () => {
    const csv = 'StartTime;CurrentTime;SuccessfulCall(C);FailedCall(C);Retransmissions(C);\na\tb\t10.5;a\tb\t11.5;1;0;0;\na\tb\t10.5;a\tb\t13.0;500;2;3;\n'
    expect(statisticsIn(csv)).toEqual({ succeeded: 500, failed: 2, retransmitted: 3, seconds: 2.5 })
  })

  it('of wrk: requests that failed are counted however they failed', () => {
    const output = [
      '    99%    1.50ms',
      '  1200 requests in 2.00s, 1MB read',
      '  Socket errors: connect 0, read 1, write 0, timeout 2',
      '  Non-2xx or 3xx responses: 4',
      'Requests/sec:    600.00',
    ].join('\n')
    expect(wrkResultIn(output)).toEqual({ requests: 1200, requestsPerSecond: 600, failed: 7, p99Ms: 1.5 })
  })

  it('of rtpengine: what is said in bencode is what was meant', () => {
    const message = { command: 'offer', sdp: 'v=0\r\nü', flags: ['a', 'b'], count: 7, inner: { key: 'value' } }
    expect(decodeBencode(Buffer.from(encodeBencode(message)))).toEqual(message)
  })
})
