import type { FastifyInstance } from 'fastify'
import { readMultipartForm } from './multipart-form.ts'

const MAX_FILE_BYTES = 16_777_216

/**
 * Uploads: a form whose fields, files among them, arrive as members of the body with their text, and a bare CSV file
 * as the member `file`. Only what the schema of an operation asks for is looked at.
 */
export function acceptFiles(http: FastifyInstance): void {
  http.addContentTypeParser(/^multipart\/form-data/i, { parseAs: 'buffer', bodyLimit: MAX_FILE_BYTES }, (request, body, done) => {
    const fields = readMultipartForm(String(request.headers['content-type']), Buffer.from(body))
    if (fields === undefined) done(Object.assign(new Error('is no multipart form'), { statusCode: 400 }))
    else done(null, fields)
  })
  http.addContentTypeParser(/^text\/csv/i, { parseAs: 'string', bodyLimit: MAX_FILE_BYTES }, (_request, body, done) => done(null, { file: String(body) }))
}
