import type { FastifyInstance, FastifyRequest } from 'fastify'
import { readMultipart } from './multipart-body.ts'
import { readMultipartForm } from './multipart-form.ts'

export const MAX_FILE_BYTES = 16_777_216
const MAX_URL_ENCODED_BYTES = 16_384

/**
 * Uploads: a form whose fields, files among them, arrive as members of the body with their text, and a bare CSV file
 * as the member `file`. Only what the schema of an operation asks for is looked at.
 */
export function acceptFiles(http: FastifyInstance): void {
  http.addContentTypeParser(/^multipart\/form-data/i, { parseAs: 'buffer', bodyLimit: MAX_FILE_BYTES }, (request, body, done) => {
    const read = keepsBytes(request) ? readMultipart : textForm
    const fields = read(Buffer.from(body), String(request.headers['content-type']))
    if (fields === undefined) done(Object.assign(new Error('RFC 7578'), { code: 'NOT_A_FORM', statusCode: 400 }))
    else done(null, fields)
  })
  http.addContentTypeParser(/^application\/x-www-form-urlencoded/i, { parseAs: 'string', bodyLimit: MAX_URL_ENCODED_BYTES }, (request, body, done) => {
    const isTaken = (request.routeOptions.config as { takesUrlEncoded?: boolean }).takesUrlEncoded === true
    if (isTaken) done(null, Object.fromEntries(new URLSearchParams(String(body))))
    else done(Object.assign(new Error('Send application/json.'), { code: 'FST_ERR_CTP_INVALID_MEDIA_TYPE', statusCode: 415 }))
  })
  http.addContentTypeParser(/^text\/csv/i, { parseAs: 'string', bodyLimit: MAX_FILE_BYTES }, (_request, body, done) => done(null, { file: String(body) }))
}

function textForm(body: Buffer, contentType: string) {
  return readMultipartForm(contentType, body)
}

/** Operations that take a document say how large it may be; the others get text. */
function keepsBytes(request: FastifyRequest): boolean {
  return (request.routeOptions.config as { keepsFileBytes?: boolean }).keepsFileBytes === true
}
