import { isAsciiText } from './text-encoding.ts'

/**
 * A text and its characters as bytes. The readers of this folder take (characters, start, end): they look at bytes, which V8 reads three
 * times as fast as the characters of a string, and cut pieces out of the text only when they must.
 */
export class Characters {
  readonly text: string
  #bytes: Uint8Array | undefined

  /** @param bytes the text, a byte for each character; when absent they are made if anybody asks */
  constructor(text: string, bytes?: Uint8Array) {
    this.text = text
    this.#bytes = bytes
  }

  get bytes(): Uint8Array {
    return (this.#bytes ??= bytesOf(this.text))
  }

  /** Somebody has made them, to send them. @param bytes begin with the text, a byte for each character */
  lend(bytes: Uint8Array): void {
    this.#bytes ??= bytes
  }
}

/** No delimiter, and no character of a token or a host: what stands for a character that fits into no byte. */
const BEYOND_ASCII = 255

function bytesOf(text: string): Uint8Array {
  if (isAsciiText(text)) return Buffer.from(text, 'latin1')
  // `Uint8Array.from` with a function takes thirty times as long, and a hostile message has this done again and again.
  const bytes = new Uint8Array(text.length)
  for (let at = 0; at < bytes.length; at++) bytes[at] = Math.min(text.charCodeAt(at), BEYOND_ASCII)
  return bytes
}

const SCRATCH_BYTES = 512
const scratch = Buffer.allocUnsafeSlow(SCRATCH_BYTES)

/** Reads a whole text with a reader of this folder. `read` must not come back here, for its bytes are lent. */
export function readWhole<Value>(text: string, read: (characters: Characters, start: number, end: number) => Value): Value {
  const isLent = text.length <= SCRATCH_BYTES && isAsciiText(text)
  if (isLent) scratch.write(text, 'latin1')
  return read(new Characters(text, isLent ? scratch : undefined), 0, text.length)
}
