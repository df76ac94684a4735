import { describe, expect, it } from 'vitest'
import { createLogger } from './logging.ts'

function capture(level: 'debug' | 'info' | 'silent' = 'debug') {
  const lines: string[] = []
  const logger = createLogger({ level, pretty: false, destination: { write: (line: string) => lines.push(line) } })
  return { logger, lines, last: () => JSON.parse(lines.at(-1) ?? '{}') as Record<string, unknown> }
}

describe('log lines', () => {
  it('are one JSON object each, with level, time, message and fields', () => {
    const { logger, last } = capture()
    logger.warn('a line\nin two', { callId: 'abc', count: 2 })
    expect(last()).toEqual({ level: 'warn', time: expect.stringMatching(/^\d{4}-.*Z$/) as string, message: 'a line\nin two', callId: 'abc', count: 2 })
  })

  it('below the level are not written', () => {
    const { logger, lines } = capture('info')
    logger.debug('quiet')
    logger.info('loud')
    expect(lines).toHaveLength(1)
  })

  it.each(['authorization', 'Authorization', 'Proxy-Authorization', 'password', 'X-AUTH-TOKEN', 'sipPassword'])('never show the value of %s', (name) => {
    const { logger, lines } = capture()
    logger.info('at the top', { [name]: 'hunter2' })
    logger.info('deep inside', { request: { headers: [{ [name]: 'hunter2' }] } })
    logger.info('in a map', { headers: new Map([[name, 'hunter2']]) })
    logger.error('in an error', { error: Object.assign(new Error('refused'), { config: { [name]: 'hunter2' } }) })
    expect(lines.join('')).not.toContain('hunter2')
    expect(lines.filter((line) => line.includes('[redacted]'))).toHaveLength(4)
  })

  it('show what went wrong with its cause', () => {
    const { logger, last } = capture()
    logger.error('failed', { error: new Error('outer', { cause: new TypeError('inner') }) })
    expect(last()['error']).toMatchObject({ name: 'Error', message: 'outer', cause: { name: 'TypeError', message: 'inner' } })
  })

  it('end at some depth, so that a circle cannot hang the server', () => {
    const { logger, lines } = capture()
    const circle: Record<string, unknown> = {}
    circle['self'] = circle
    logger.info('round and round', { circle })
    expect(lines[0]).toContain('[deeper]')
  })
})
