/** A queue whose one agent is Carol, and the ring group it rings her by. */
export function queueOfCarol({ offersCallback }: { readonly offersCallback: boolean }) {
  const limits = { maxWaitSeconds: 600, maxCallers: 10, ringSeconds: 20, announcementIntervalSeconds: 30 }
  const agents = [{ id: 'carol', duty: 'AVAILABLE' }] as const
  const queue = { id: 'queue', name: 'Queue', ...limits, music: [], announcesPosition: false, offersCallback, overflow: undefined, agents }
  const queueGroup: string = `queue:${queue.id}`
  const ringGroup = {
    id: queueGroup,
    name: 'Queue',
    strategy: 'SEQUENTIAL',
    members: [{ kind: 'user', id: 'carol' }],
    ringTimeoutSeconds: 20,
    freeOnly: { wrapUpMs: 0 },
    forwardAlwaysTo: undefined,
    overflow: { busy: undefined, noAnswer: undefined, unregistered: undefined },
  } as const
  return { queues: new Map([[queue.id, queue]]), ringGroups: new Map([[queueGroup, ringGroup]]) }
}
