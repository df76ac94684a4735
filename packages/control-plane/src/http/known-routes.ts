import type { FastifyInstance } from 'fastify'
import type { Surface } from './surface.ts'

interface KnownRoute {
  readonly method: string
  /** Of the pattern; undefined: a parameter. */
  readonly parts: readonly (string | undefined)[]
  /** The pattern ends in `*`: whatever follows. */
  readonly isOpen: boolean
  readonly surface: Surface | undefined
}

/** What can be done at a path, whatever was asked for. */
export interface RoutesAtPath {
  readonly methods: readonly string[]
  readonly surface: Surface | undefined
}

/**
 * Remembers what is registered from now on, for requests that reach no route: is there nothing at the path, or only not with this method
 * (RFC 9110 section 15.5.6)? Asked by nobody else, so a plain list will do.
 */
export function rememberRoutes(http: FastifyInstance): (path: string) => RoutesAtPath {
  const known: KnownRoute[] = []
  http.addHook('onRoute', ({ method, url, config }) => {
    const parts = url.split('/').map((part) => (part.startsWith(':') ? undefined : part))
    const isOpen = parts.at(-1) === '*'
    const { surface } = (config ?? {}) as { readonly surface?: Surface }
    for (const each of [method].flat()) known.push({ method: each, parts: isOpen ? parts.slice(0, -1) : parts, isOpen, surface })
  })
  return (path) => {
    const parts = path.split('/')
    const fitting = known.filter((route) => fits(route, parts))
    const methods = new Set(fitting.map(({ method }) => method))
    return { methods: [...methods].toSorted(), surface: fitting[0]?.surface }
  }
}

function fits({ parts, isOpen }: KnownRoute, asked: readonly string[]): boolean {
  if (isOpen ? asked.length <= parts.length : asked.length !== parts.length) return false
  return parts.every((part, place) => (part === undefined ? asked[place] !== '' : part === asked[place]))
}
