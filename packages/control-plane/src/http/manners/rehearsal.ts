import { err, ok } from '@dialtone/foundation'
import type { Context } from '../../context.ts'
import type { FileStore } from '../../files/index.ts'

/**
 * The world as a dry run sees it: everything can be asked, nobody is told. What commits is taken back by the transaction; phones, calls
 * and files are not in it, so orders to them end here, and are answered as if they had been obeyed.
 */
export function rehearsing(context: Context): Context {
  const { calls, gateways, dueWork, files } = context
  const obeyed = () => Promise.resolve({ result: 'done', sessionId: '' } as const)
  return {
    ...context,
    calls: except(calls, {
      hangUp: () => Promise.resolve('done'),
      record: () => Promise.resolve('done'),
      transfer: obeyed,
      originate: obeyed,
      sendFax: obeyed,
      supervise: obeyed,
      notify: ({ lineIds: [lineId = ''] }) => Promise.resolve({ kind: 'answered', statusCode: 200, lineId }),
    }),
    gateways: except(gateways, { reported: () => undefined }),
    dueWork: except(dueWork, { runNow: () => Promise.resolve() }),
    files: passingFiles(files),
  }
}

/** What is stored is there until the dry run is over, and nowhere else. */
function passingFiles(files: FileStore): FileStore {
  const kept = new Map<string, Buffer>()
  return {
    store: async (name, content, maxBytes) => {
      const pieces: Buffer[] = []
      let bytes = 0
      for await (const piece of content) {
        const buffer = Buffer.from(piece)
        bytes += buffer.length
        if (bytes > maxBytes) return err('TooLarge')
        pieces.push(buffer)
      }
      kept.set(name, Buffer.concat(pieces))
      return ok({ bytes })
    },
    open: (name) => {
      const own = kept.get(name)
      return own === undefined ? files.open(name) : Promise.resolve(onePiece(own))
    },
    remove: () => Promise.resolve(),
    spool: (content, maxBytes) => files.spool(content, maxBytes),
  }
}

async function* onePiece(content: Buffer): AsyncGenerator<Uint8Array> {
  yield await Promise.resolve(content)
}

/** The same, but for some of what it does. */
function except<Port extends object>(port: Port, others: Partial<Port>): Port {
  return new Proxy(port, {
    get: (target, name) => {
      const member: unknown = Reflect.get(name in others ? others : target, name)
      return typeof member === 'function' ? (member.bind(target) as unknown) : member
    },
  })
}
