import { execFileSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'

const PROGRAM = `
import { readdirSync, readFileSync } from 'node:fs'
import { putCollectorBehind } from '${new URL('put-collector-behind.ts', import.meta.url).href}'
putCollectorBehind()
const NICENESS = 18
const threads = readdirSync('/proc/self/task').map((thread) => {
  const stat = readFileSync('/proc/self/task/' + thread + '/stat', 'utf8')
  return { name: stat.slice(stat.indexOf('(') + 1, stat.lastIndexOf(')')), niceness: Number(stat.split(') ')[1].split(' ')[NICENESS - 2]) }
})
console.log(JSON.stringify(threads))
`

describe.runIf(process.platform === 'linux')('the threads V8 has beside the program', () => {
  it('wait for its own, which keep their priority', () => {
    const output = execFileSync(process.execPath, ['--input-type=module', '--eval', PROGRAM], {
      cwd: fileURLToPath(new URL('.', import.meta.url)),
      encoding: 'utf8',
    })
    const threads = JSON.parse(output) as readonly { readonly name: string; readonly niceness: number }[]
    const ofCollector = threads.filter(({ name }) => name.includes('V8Worker'))
    const others = threads.filter(({ name }) => !name.includes('V8Worker'))
    expect(ofCollector.length, 'V8 calls its threads differently now').toBeGreaterThan(0)
    const own = Number(others[0]?.niceness)
    for (const { niceness } of ofCollector) expect(niceness).toBe(Math.min(19, own + 10))
    expect(new Set(others.map(({ niceness }) => niceness)).size).toBe(1)
  })
})
