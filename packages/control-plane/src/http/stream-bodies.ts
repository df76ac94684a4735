import type { FastifyInstance } from 'fastify'
import type { HttpServerOptions } from './http-server-options.ts'
import { registerOperation } from './register-operation.ts'

/** Operations that read their bodies themselves, in a room of their own so that no other operation gets an unread one. */
export async function registerStreamOperations(http: FastifyInstance, o: HttpServerOptions): Promise<void> {
  await http.register((room, _options, done) => {
    room.removeAllContentTypeParsers()
    room.addContentTypeParser('*', (_request, body, parsed) => parsed(null, body))
    for (const operation of o.operations) if (operation.takesStream === true) registerOperation(room, operation, o)
    done()
  })
}
