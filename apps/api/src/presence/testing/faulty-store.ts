import {
  StoreUnavailable,
  type Batch,
  type BatchAnswer,
  type Beat,
  type BeatAnswer,
  type Entry,
  type Epoch,
  type Incarnation,
  type LogAnswer,
  type PresenceStore,
  type ReleaseAnswer,
  type SnapshotAnswer,
  type StoreListener,
} from '@rollcall/presence'

/** A store behind a link that can be cut, and that can lose what was published. */
export class FaultyStore implements PresenceStore {
  readonly #store: PresenceStore
  /** Nothing is asked, and nothing arrives. */
  cut = false
  /** Which entries get lost on the way, without a notice. */
  loses: (entry: Entry) => boolean = () => false
  /** Calls that were made, by kind. */
  readonly asked: string[] = []

  constructor(store: PresenceStore) {
    this.#store = store
  }

  async subscribe(listener: StoreListener): Promise<void> {
    await this.#ask('subscribe', () =>
      this.#store.subscribe({
        entry: (entry) => {
          if (!this.cut && !this.loses(entry)) listener.entry(entry)
        },
        probe: (token) => {
          if (!this.cut) listener.probe(token)
        },
        subscribed: () => listener.subscribed(),
        unsubscribed: () => listener.unsubscribed(),
      }),
    )
  }

  epoch(): Promise<Epoch | null> {
    return this.#ask('epoch', () => this.#store.epoch())
  }

  begin(lost: Epoch | null): Promise<Epoch> {
    return this.#ask('begin', () => this.#store.begin(lost))
  }

  apply(batch: Batch): Promise<BatchAnswer> {
    return this.#ask('apply', () => this.#store.apply(batch))
  }

  beat(beat: Beat): Promise<BeatAnswer> {
    return this.#ask('beat', () => this.#store.beat(beat))
  }

  release(epoch: Epoch, incarnation: Incarnation): Promise<ReleaseAnswer> {
    return this.#ask('release', () => this.#store.release(epoch, incarnation))
  }

  leave(epoch: Epoch, incarnation: Incarnation): Promise<void> {
    return this.#ask('leave', () => this.#store.leave(epoch, incarnation))
  }

  log(epoch: Epoch, after: number): Promise<LogAnswer> {
    return this.#ask('log', () => this.#store.log(epoch, after))
  }

  snapshot(epoch: Epoch): Promise<SnapshotAnswer> {
    return this.#ask('snapshot', () => this.#store.snapshot(epoch))
  }

  probe(token: string): Promise<void> {
    return this.#ask('probe', () => this.#store.probe(token))
  }

  close(): Promise<void> {
    return this.#store.close()
  }

  async #ask<T>(kind: string, call: () => Promise<T>): Promise<T> {
    this.asked.push(kind)
    if (this.cut) throw new StoreUnavailable('The link is cut')
    return await call()
  }
}
