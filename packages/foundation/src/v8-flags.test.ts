import { spawnSync } from 'node:child_process'
import { describe, expect, it } from 'vitest'

/** @returns what a program that calls this and nothing else says on stderr */
function complaintsAbout(file: string, call: string): string {
  const program = `import { ${call} } from '${new URL(file, import.meta.url).href}'\n${call}()\nconsole.log('done')`
  const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '--eval', program], { encoding: 'utf8' })
  expect(stdout.trim()).toBe('done')
  return stderr
}

describe('what we ask of V8', () => {
  it('is known to this version of it: it says so of a flag that is gone, and goes on', () => {
    expect(complaintsAbout('make-objects-young.ts', 'makeObjectsYoung')).toBe('')
    expect(complaintsAbout('remember-more-shapes.ts', 'rememberMoreShapes')).toBe('')
  })
})
