import type { TftpOptions, TftpPacket } from './tftp-packet.ts'

/** One file on its way to one phone. Pure: who sends, waits and repeats is tftp-server.ts. */
export interface TftpTransfer {
  readonly content: Buffer
  readonly blockSize: number
  /** The one that was sent last; 0: the options. Larger than 65,535 for long files in small blocks. */
  readonly block: number
  /** As the phone asked for (RFC 2349); undefined: as we like. */
  readonly timeoutSeconds: number | undefined
}

/** What to do next: send the packet, or nothing any more. */
export type TransferStep = SendStep | { readonly next: 'wait' } | { readonly next: 'done' }

interface SendStep {
  readonly next: 'send'
  readonly transfer: TftpTransfer
  readonly packet: TftpPacket
}

const DEFAULT_BLOCK_BYTES = 512
/** RFC 2348: 8 to 65,464. More than fits one Ethernet frame would be fragmented, and fragments are what networks lose. */
const MIN_BLOCK_BYTES = 8
export const MAX_BLOCK_BYTES = 1_428
/** RFC 2349 allows 255; nobody waits that long. */
const MAX_TIMEOUT_SECONDS = 30
const BLOCK_NUMBERS = 65_536

/** Begins with the first block, or with the options that are granted; those we do not know are passed over (RFC 2347). */
export function beginTransfer(content: Buffer, wanted: TftpOptions): SendStep {
  const granted = new Map<string, string>()
  const blockBytes = wholeNumber(wanted.get('blksize'), MIN_BLOCK_BYTES, 65_464)
  const blockSize = blockBytes === undefined ? DEFAULT_BLOCK_BYTES : Math.min(blockBytes, MAX_BLOCK_BYTES)
  if (blockBytes !== undefined) granted.set('blksize', String(blockSize))
  if (wholeNumber(wanted.get('tsize'), 0, Number.MAX_SAFE_INTEGER) !== undefined) granted.set('tsize', String(content.length))
  const timeoutSeconds = wholeNumber(wanted.get('timeout'), 1, MAX_TIMEOUT_SECONDS)
  if (timeoutSeconds !== undefined) granted.set('timeout', String(timeoutSeconds))
  const transfer: TftpTransfer = { content, blockSize, block: 0, timeoutSeconds }
  return granted.size === 0 ? sendBlock(transfer, 1) : { next: 'send', transfer, packet: { type: 'optionAcknowledgement', options: granted } }
}

/**
 * What the phone answered. An acknowledgement that came twice is not answered twice: otherwise every packet that is late once
 * would go out twice from then on (RFC 1123 section 4.2.3.1).
 */
export function stepTransfer(transfer: TftpTransfer, packet: TftpPacket): TransferStep {
  if (packet.type === 'error') return { next: 'done' }
  if (packet.type !== 'acknowledgement' || packet.block !== transfer.block % BLOCK_NUMBERS) return { next: 'wait' }
  const isLast = transfer.block > 0 && blockOf(transfer, transfer.block).length < transfer.blockSize
  return isLast ? { next: 'done' } : sendBlock(transfer, transfer.block + 1)
}

/** Lines end with CR LF, a CR alone with NUL (RFC 764): what the mode `netascii` asks for. */
export function toNetascii(content: Buffer): Buffer {
  return Buffer.from(
    content.toString('latin1').replaceAll(/\r\n|\r|\n/g, (end) => (end === '\r' ? '\r\0' : '\r\n')),
    'latin1',
  )
}

function sendBlock(transfer: TftpTransfer, block: number): SendStep {
  const moved = { ...transfer, block }
  return { next: 'send', transfer: moved, packet: { type: 'data', block: block % BLOCK_NUMBERS, content: blockOf(moved, block) } }
}

/** A block shorter than the others, empty if need be, says that it is the last. */
function blockOf({ content, blockSize }: TftpTransfer, block: number): Buffer {
  return content.subarray((block - 1) * blockSize, block * blockSize)
}

function wholeNumber(text: string | undefined, from: number, to: number): number | undefined {
  if (text === undefined || !/^\d{1,16}$/.test(text)) return undefined
  const value = Number(text)
  return value >= from && value <= to ? value : undefined
}
