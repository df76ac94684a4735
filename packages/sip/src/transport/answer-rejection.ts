import { randomBytes } from 'node:crypto'
import { createResponse, parseMessage, serialize, type StreamRejection } from '../message/index.ts'

/** The answer to a request whose end on the stream cannot be found: 400 or 513 (RFC 3261 18.3, 21.5.7). @returns undefined when there is nothing to answer */
export function answerRejection({ head, statusCode, reason }: StreamRejection): Buffer | undefined {
  const parsed = head === undefined ? undefined : parseMessage(head)
  if (parsed === undefined) return undefined
  const request = parsed.ok ? parsed.value : parsed.error.request
  if (request === undefined || request.kind !== 'request' || request.method === 'ACK' || request.header('via') === undefined) return undefined
  return serialize(createResponse(request, statusCode, { reasonPhrase: reason, toTag: randomBytes(9).toString('base64url') }))
}
