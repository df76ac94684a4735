import { expect, it } from 'vitest'
import { fewOpenFiles, openFilesLimit } from './open-files.ts'

it.runIf(process.platform === 'linux')('the limit of open files is the one of this process', () => {
  expect(openFilesLimit()).toBeGreaterThan(100)
  expect(openFilesLimit('/proc/self/no-such-file')).toBeUndefined()
})

it('few open files are told of with what to do, enough are not', () => {
  expect(fewOpenFiles(1024)).toMatch(/^only 1024 files may be open .*LimitNOFILE/)
  expect(fewOpenFiles(4096)).toBeUndefined()
})
