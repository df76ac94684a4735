import { type ControlPlane, type EventSubscriber, lampsAfter, litLamps, type MessageLamp } from '@dialtone/control-plane'
import type { CallPlane } from '../switch-workers/index.ts'

type Lamps = Pick<CallPlane, 'setMessageWaiting'>

/** The lamps of the phones follow the messages of the boxes (RFC 3842). @param current the planes, once they are there */
export function joinMessageLamps(current: () => { readonly plane: ControlPlane; readonly lamps: Lamps } | undefined): EventSubscriber {
  return {
    name: 'message-lamps',
    handle: async (event) => {
      const joined = current()
      if (joined !== undefined) for (const lamp of await lampsAfter(joined.plane.context, event)) show(joined.lamps, lamp)
    },
  }
}

/** After a start: what waited before. */
export async function lightLamps(plane: ControlPlane, lamps: Lamps): Promise<void> {
  for (const lamp of await litLamps(plane.context)) show(lamps, lamp)
}

function show(lamps: Lamps, { lineId, unread, read }: MessageLamp): void {
  lamps.setMessageWaiting(lineId, { newMessages: unread, oldMessages: read })
}
