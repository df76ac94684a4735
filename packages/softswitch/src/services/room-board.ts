/** One caller's place in a room. */
export interface RoomSeat {
  /** How many are in the room now, oneself included. */
  readonly parties: number
  leave(): void
}

interface Member {
  readonly changed: (parties: number) => void
}

/** Who is in which room now. In memory: who takes part is on the line, and gone with it. */
export class RoomBoard {
  readonly #rooms = new Map<string, Set<Member>>()

  /**
   * @param changed told how many are there whenever somebody else comes or leaves
   * @returns undefined when there is no room
   */
  enter(roomId: string, maxParties: number, changed: Member['changed']): RoomSeat | undefined {
    const room = this.#rooms.get(roomId) ?? new Set<Member>()
    if (room.size >= maxParties) return undefined
    this.#rooms.set(roomId, room)
    const member: Member = { changed }
    room.add(member)
    tell(room, member)
    return {
      get parties() {
        return room.size
      },
      leave: () => {
        if (!room.delete(member)) return
        if (room.size === 0 && this.#rooms.get(roomId) === room) this.#rooms.delete(roomId)
        tell(room, member)
      },
    }
  }

  /** Rooms with somebody in them. */
  get size(): number {
    return this.#rooms.size
  }
}

/** Whoever is told may leave at once. */
function tell(room: ReadonlySet<Member>, except: Member): void {
  for (const member of [...room]) if (member !== except) member.changed(room.size)
}
