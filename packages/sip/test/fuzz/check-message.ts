import { parseMessage, serialize } from '../../src/message/index.ts'
import { parseAuthParameters } from '../../src/digest/auth-parameters.ts'
import { readEverything } from '../read-everything.ts'

/**
 * What fits in a datagram is read several times over in less of the processor than this, whatever it says and however busy the machine
 * is; a walk that goes over the text again and again needs seconds.
 */
export const LONGEST_READ_MS = 200

/**
 * Reads one message in every way there is and writes it again. @returns what is wrong with how we did it, undefined when nothing is
 * @throws never, or there is a bug
 */
export function checkMessage(bytes: Buffer): string | undefined {
  const result = parseMessage(bytes)
  const message = result.ok ? result.value : result.error.request
  if (message === undefined) return undefined
  readEverything(message)
  for (const name of ['authorization', 'proxy-authorization', 'www-authenticate', 'proxy-authenticate']) message.headers(name).map(parseAuthParameters)
  // What could be read of a malformed request serves to answer it, not to be sent on.
  if (!result.ok) return undefined
  const written = serialize(message)
  const again = parseMessage(written)
  if (!again.ok) return `what we wrote does not read back: ${again.error.reason}`
  if (!serialize(again.value).equals(written)) return 'written a second time it is another message'
  if (again.value.kind !== message.kind) return 'a request became a response, or the other way round'
  const [before, after] = [message.allHeaders(), again.value.allHeaders()]
  if (JSON.stringify(before) !== JSON.stringify(after)) return `the headers changed: ${firstDifference(before, after)}`
  return message.body.equals(again.value.body) ? undefined : 'the body changed'
}

function firstDifference(before: readonly (readonly [string, string])[], after: readonly (readonly [string, string])[]): string {
  const at = before.findIndex((header, index) => JSON.stringify(header) !== JSON.stringify(after[index]))
  return `${JSON.stringify(before[at])} became ${JSON.stringify(after[at])}`
}
