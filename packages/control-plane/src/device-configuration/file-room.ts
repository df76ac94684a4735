import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { readFileRequest } from '../phone-files/index.ts'
import type { FileAsk } from './device-access.ts'
import type { ConfigurationServer } from './serve-file.ts'

const MAX_USER_AGENT_CHARACTERS = 512

/** Where phones come for their files: `/provision/<file>`, or `/provision/<token>/<file>`. Not a part of the published interface: phones do not read it. */
export async function registerFileRoom(http: FastifyInstance, server: ConfigurationServer): Promise<void> {
  // The last requests are written down while there is a database.
  http.addHook('onClose', () => server.log.settled())
  await http.register((room, _options, done) => {
    room.removeAllContentTypeParsers()
    // Logs and overrides are not kept: nobody reads what comes.
    room.addContentTypeParser('*', (_request, _payload, parsed) => parsed(null, undefined))
    room.route({
      method: ['GET', 'HEAD', 'PUT', 'POST'],
      url: '/provision/*',
      exposeHeadRoute: false,
      schema: { hide: true },
      handler: (request, reply) => answer(server, request, reply),
    })
    done()
  })
}

async function answer(server: ConfigurationServer, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const ask = askOf(request)
  const { status, headers, body } = ask === undefined ? NOT_A_FILE : await server.serve(ask)
  for (const [name, value] of Object.entries(headers)) void reply.header(name, value)
  if (typeof body === 'string') void reply.serializer(String)
  return reply.code(status).send(body)
}

const NOT_A_FILE = { status: 404, headers: { 'content-type': 'text/plain; charset=utf-8', 'cache-control': 'no-store' }, body: '' } as const

/** @returns undefined for an address that cannot be one of ours, whoever asks. */
function askOf(request: FastifyRequest): FileAsk | undefined {
  const parts = ((request.params as Record<string, string | undefined>)['*'] ?? '').split('/').filter((part) => part !== '')
  const file = readFileRequest(parts.at(-1) ?? '')
  if (file === undefined || parts.length > 2) return undefined
  const header = (name: string): string | undefined => {
    const value = request.headers[name]
    return typeof value === 'string' ? value : undefined
  }
  return {
    method: request.method,
    token: parts.length === 2 ? parts[0] : undefined,
    file,
    authorization: header('authorization'),
    certificateNames: certificateNames(request),
    ipAddress: request.ip,
    userAgent: (header('user-agent') ?? '').slice(0, MAX_USER_AGENT_CHARACTERS),
    origin: `${request.protocol}://${request.host}`,
    isSecure: request.protocol === 'https',
    ifNoneMatch: header('if-none-match'),
  }
}

/** Phones carry certificates of their maker, with their address in the common name. */
function certificateNames(request: FastifyRequest): readonly string[] {
  const socket = request.raw.socket as { readonly authorized?: boolean; readonly getPeerCertificate?: () => { readonly subject?: { readonly CN?: unknown } } }
  if (socket.authorized !== true) return []
  const name = socket.getPeerCertificate?.().subject?.CN
  return typeof name === 'string' ? [name] : Array.isArray(name) ? name.filter((each) => typeof each === 'string') : []
}
