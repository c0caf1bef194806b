import type { Epoch, Incarnation } from '@rollcall/presence'

/** The names in Redis. All keys but the epoch's own carry the epoch, so that nothing of an older one is ever taken for true. */
export class RedisKeys {
  /** HASH: the epoch's id, the history of data it began under, its birth. */
  readonly epoch: string
  /** SET of epochs whose keys are yet to be unlinked. */
  readonly past: string
  readonly #prefix: string

  constructor(prefix: string) {
    this.#prefix = prefix
    this.epoch = `${prefix}epoch`
    this.past = `${prefix}past`
  }

  of(epoch: Epoch): EpochKeys {
    const name = (key: string): string => `${this.#prefix}${epoch}:${key}`
    return {
      members: name('members'),
      dead: name('dead'),
      gone: name('gone'),
      beats: name('beats'),
      numbers: name('numbers'),
      seq: name('seq'),
      online: name('online'),
      log: name('log'),
      heldBy: (incarnation) => name(`held:${incarnation}`),
    }
  }
}

interface EpochKeys {
  /** ZSET: incarnation → end of its lease. */
  readonly members: string
  /** ZSET: buried incarnation → when its users are due. */
  readonly dead: string
  /** ZSET: incarnation that nothing is left of → since when. */
  readonly gone: string
  /** HASH: when anybody last beat and with which lease, when Redis last stood still, since when the epoch is settling. */
  readonly beats: string
  /** HASH: incarnation → number of its last batch. */
  readonly numbers: string
  /** The last place given out in the total order. */
  readonly seq: string
  /** HASH: user → incarnations that hold him, and his name. */
  readonly online: string
  /** STREAM of entries, each at its last seq. */
  readonly log: string
  /** SET of the users that an incarnation holds. */
  readonly heldBy: (incarnation: Incarnation) => string
}
