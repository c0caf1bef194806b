import type { UserId } from '@rollcall/presence'

export interface LastSeen {
  readonly username: string
  /** As the database has it, ms; null for never. */
  readonly lastSeenAt: number | null
}

type Found = Map<UserId, LastSeen>

/** Names and times of users: what several ask for in one turn of the event loop is one query. */
export class LastSeenReader {
  readonly #find: (ids: readonly UserId[]) => Promise<Found>
  #gathering: { ids: Set<UserId>; found: Promise<Found> } | undefined

  constructor({ find }: { find: (ids: readonly UserId[]) => Promise<Found> }) {
    this.#find = find
  }

  /**
   * Ids that name nobody are left out.
   * @throws what the database answered, to all who asked in that turn.
   */
  async read(ids: Iterable<UserId>): Promise<Found> {
    const asked = [...ids]
    if (asked.length === 0) return new Map()
    this.#gathering ??= this.#gather()
    const { ids: gathered, found } = this.#gathering
    for (const id of asked) gathered.add(id)
    const all = await found
    const own: Found = new Map()
    for (const id of asked) {
      const user = all.get(id)
      if (user !== undefined) own.set(id, user)
    }
    return own
  }

  #gather(): { ids: Set<UserId>; found: Promise<Found> } {
    const ids = new Set<UserId>()
    const turn = Promise.withResolvers<void>()
    setImmediate(() => {
      this.#gathering = undefined
      turn.resolve()
    })
    return { ids, found: turn.promise.then(() => this.#find([...ids])) }
  }
}
