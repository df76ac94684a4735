import type { Header } from '../message/index.ts'

const NONE: readonly Header[] = []

/** The header fields of a response besides those of its request. @param server our Server, if any */
export function responseHeaders(server: Header | undefined, more: readonly Header[] = NONE): readonly Header[] {
  return server === undefined ? more : [server, ...more]
}
