/** What goes to and fro on a transfer (RFC 1350 section 5, RFC 2347). Pure: bytes in, values out. */
export type TftpPacket =
  | { readonly type: 'read' | 'write'; readonly fileName: string; readonly mode: string; readonly options: TftpOptions }
  | { readonly type: 'data'; readonly block: number; readonly content: Buffer }
  | { readonly type: 'acknowledgement'; readonly block: number }
  | { readonly type: 'error'; readonly code: number; readonly message: string }
  | { readonly type: 'optionAcknowledgement'; readonly options: TftpOptions }

/** By their names in lower case: case does not count (RFC 2347). */
export type TftpOptions = ReadonlyMap<string, string>

/** RFC 1350 appendix; RFC 2347 adds 8. */
export const TFTP_ERRORS = { undefinedError: 0, fileNotFound: 1, accessViolation: 2, illegalOperation: 4 } as const

const OPCODES = { read: 1, write: 2, data: 3, acknowledgement: 4, error: 5, optionAcknowledgement: 6 } as const
/** RFC 2347: a request is at most 512 octets long. */
const MAX_REQUEST_BYTES = 512
const MAX_OPTIONS = 8
const HEADER_BYTES = 4

/** @returns undefined for what is no packet: whoever sent it gets no answer. */
export function parsePacket(bytes: Buffer): TftpPacket | undefined {
  if (bytes.length < HEADER_BYTES) return undefined
  const [opcode, figure] = [bytes.readUInt16BE(0), bytes.readUInt16BE(2)]
  switch (opcode) {
    case OPCODES.read:
      return parseRequest('read', bytes)
    case OPCODES.write:
      return parseRequest('write', bytes)
    case OPCODES.data:
      return { type: 'data', block: figure, content: bytes.subarray(HEADER_BYTES) }
    case OPCODES.acknowledgement:
      return { type: 'acknowledgement', block: figure }
    case OPCODES.error:
      return { type: 'error', code: figure, message: bytes.subarray(HEADER_BYTES).toString('latin1').split('\0', 1)[0] ?? '' }
    case OPCODES.optionAcknowledgement: {
      const options = optionsOf(textsOf(bytes) ?? [])
      return options === undefined ? undefined : { type: 'optionAcknowledgement', options }
    }
    default:
      return undefined
  }
}

export function formatPacket(packet: TftpPacket): Buffer {
  switch (packet.type) {
    case 'data':
      return Buffer.concat([figures(OPCODES.data, packet.block), packet.content])
    case 'acknowledgement':
      return figures(OPCODES.acknowledgement, packet.block)
    case 'error':
      return Buffer.concat([figures(OPCODES.error, packet.code), texts([packet.message])])
    case 'optionAcknowledgement':
      return Buffer.concat([figures(OPCODES.optionAcknowledgement), texts([...packet.options].flat())])
    default:
      return Buffer.concat([figures(OPCODES[packet.type]), texts([packet.fileName, packet.mode, ...[...packet.options].flat()])])
  }
}

function parseRequest(type: 'read' | 'write', bytes: Buffer): TftpPacket | undefined {
  const [fileName, mode, ...rest] = textsOf(bytes) ?? []
  const options = optionsOf(rest)
  if (fileName === undefined || mode === undefined || fileName === '' || options === undefined) return undefined
  return { type, fileName, mode: mode.toLowerCase(), options }
}

/** The texts behind the opcode, each with its zero at the end; undefined when the last has none, or the packet is too long. */
function textsOf(bytes: Buffer): readonly string[] | undefined {
  if (bytes.length > MAX_REQUEST_BYTES || bytes.at(-1) !== 0) return undefined
  return bytes.subarray(2, -1).toString('latin1').split('\0')
}

function optionsOf(pairs: readonly string[]): TftpOptions | undefined {
  if (pairs.length % 2 !== 0 || pairs.length > 2 * MAX_OPTIONS) return undefined
  const options = new Map<string, string>()
  for (let index = 0; index < pairs.length; index += 2) options.set((pairs[index] ?? '').toLowerCase(), pairs[index + 1] ?? '')
  return options
}

function figures(...values: readonly number[]): Buffer {
  const bytes = Buffer.alloc(2 * values.length)
  for (const [index, value] of values.entries()) bytes.writeUInt16BE(value, 2 * index)
  return bytes
}

function texts(all: readonly string[]): Buffer {
  return Buffer.from(all.map((text) => `${text}\0`).join(''), 'latin1')
}
