import type { Readable } from 'node:stream'
import type { Result } from '@dialtone/foundation'

const NAME = /^[a-z][a-z-]{0,30}\/[A-Za-z0-9_-]{1,64}$/

/** Throws for what is no name of a file: nothing but our own ids may become one. */
export function proveFileName(name: string): void {
  if (!NAME.test(name)) throw new Error(`"${name}" is no name of a file`)
}

/** Where uploads, outputs of jobs and recordings are kept. The deployment decides where that is. */
export interface FileStore {
  /**
   * Keeps what a stream brings: all of it or nothing, durable when this resolves. Other content gets another name: whoever has read a file may keep it.
   * @param name `folder/id`, of letters, digits, `-` and `_`: never text of a caller.
   * @returns how many bytes were kept, or that there were more than `maxBytes`.
   */
  store(name: string, content: AsyncIterable<Uint8Array | string>, maxBytes: number): Promise<Result<{ readonly bytes: number }, 'TooLarge'>>
  /** @returns undefined when there is no such file. */
  open(name: string): Promise<AsyncIterable<Uint8Array> | undefined>
  /** A file that is not there is no error. */
  remove(name: string): Promise<void>
  /**
   * Keeps what a stream brings on this machine for one reader who takes as long as he likes: whoever made it can let go of what it was
   * read from. Read it or destroy it.
   * @returns that there was more than `maxBytes`, or that as many are read as may be at one time.
   */
  spool(content: AsyncIterable<Uint8Array | string>, maxBytes: number): Promise<Result<Readable, 'TooLarge' | 'TooMany'>>
}
