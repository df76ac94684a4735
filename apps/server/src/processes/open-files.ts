import { readFileSync } from 'node:fs'

/** Fewer are used up by a few hundred calls, or by strangers who open connections. */
const FEW = 4_096

/** How many descriptors this process may have: Node.js takes as many as it may (`setrlimit`) when it starts. undefined: unknown, as without /proc. */
export function openFilesLimit(path = '/proc/self/limits'): number | undefined {
  try {
    const [, limit] = /^Max open files +(\d+)/m.exec(readFileSync(path, 'utf8')) ?? []
    return limit === undefined ? undefined : Number(limit)
  } catch {
    return undefined
  }
}

/** @returns one sentence when they are few: calls, the database and the disk fail together once they are used up */
export function fewOpenFiles(limit = openFilesLimit()): string | undefined {
  if (limit === undefined || limit >= FEW) return undefined
  return `only ${limit} files may be open at a time, each connection is one and a call with its media up to eight: raise it (ulimit -n, LimitNOFILE of systemd)`
}
