import type { Socket } from 'node:net'
import { type ApiFailure, invalidField } from '../failures/index.ts'
import { problemBody } from './problem-body.ts'

/**
 * Answers what never became a request: a line that is no HTTP, header fields without end, a client that did not go on. The same
 * envelope as every failure, so that whoever reads only that learns why.
 */
export function answerClientError(error: Error & { readonly code?: string }, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy(error)
    return
  }
  const failure = failureOf(error.code)
  const requestId = crypto.randomUUID()
  const body = JSON.stringify(problemBody(failure, { path: '', requestId, now: new Date() }))
  const head = [
    `HTTP/1.1 ${failure.status} ${REASONS[failure.status] ?? 'Bad Request'}`,
    'Content-Type: application/json',
    `Content-Length: ${Buffer.byteLength(body)}`,
    'Connection: close',
    `X-Request-Id: ${requestId}`,
  ]
  socket.write(`${head.join('\r\n')}\r\n\r\n${body}`)
  socket.destroySoon()
}

const REASONS: Readonly<Record<number, string>> = { 408: 'Request Timeout', 431: 'Request Header Fields Too Large' }

function failureOf(code: string | undefined): ApiFailure {
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT') return { code: 'RequestTimeout', status: 408, message: 'The request did not arrive in time.' }
  if (code === 'HPE_HEADER_OVERFLOW')
    return { code: 'HeadersTooLarge', status: 431, message: 'The request line and header fields are larger than 16 KiB together.' }
  return invalidField('request', 'is not HTTP', 'RFC 9112', 'InvalidRequest')
}
