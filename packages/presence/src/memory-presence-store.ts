import { MemoryPresenceStoreState, type StateOptions } from './memory-presence-store-state.ts'
import type {
  Batch,
  BatchAnswer,
  Beat,
  BeatAnswer,
  Epoch,
  Incarnation,
  LogAnswer,
  PresenceStore,
  ReleaseAnswer,
  SnapshotAnswer,
  StoreListener,
} from './ports.ts'

export type MemoryPresenceStoreOptions = Pick<StateOptions, 'now' | 'newId'> &
  Partial<Pick<StateOptions, 'logEntries' | 'logChanges'>>

interface Shared {
  readonly state: MemoryPresenceStoreState
  readonly listeners: Set<StoreListener>
}

/**
 * The store of one process, and the executable specification of the Lua scripts. Listeners are called within the step that changes
 * something, before its promise resolves.
 */
export class MemoryPresenceStore implements PresenceStore {
  readonly #shared: Shared
  readonly #own = new Set<StoreListener>()

  constructor(options: MemoryPresenceStoreOptions | Shared) {
    this.#shared = 'state' in options ? options : share(options)
  }

  /** The same store as another process sees it. */
  client(): MemoryPresenceStore {
    return new MemoryPresenceStore(this.#shared)
  }

  /** Forgets everything, as FLUSHALL does. */
  lose(): void {
    this.#shared.state.lose()
  }

  async subscribe(listener: StoreListener): Promise<void> {
    this.#own.add(listener)
    this.#shared.listeners.add(listener)
    listener.subscribed()
  }

  async epoch(): Promise<Epoch | null> {
    return this.#shared.state.epoch()
  }

  async begin(lost: Epoch | null): Promise<Epoch> {
    return this.#shared.state.begin(lost)
  }

  async apply(batch: Batch): Promise<BatchAnswer> {
    return this.#shared.state.apply(batch)
  }

  async beat(beat: Beat): Promise<BeatAnswer> {
    return this.#shared.state.beat(beat)
  }

  async release(epoch: Epoch, incarnation: Incarnation): Promise<ReleaseAnswer> {
    return this.#shared.state.release(epoch, incarnation)
  }

  async leave(epoch: Epoch, incarnation: Incarnation): Promise<void> {
    this.#shared.state.leave(epoch, incarnation)
  }

  async log(epoch: Epoch, after: number): Promise<LogAnswer> {
    return this.#shared.state.log(epoch, after)
  }

  async snapshot(epoch: Epoch): Promise<SnapshotAnswer> {
    return this.#shared.state.snapshot(epoch)
  }

  async probe(token: string): Promise<void> {
    for (const listener of this.#shared.listeners) listener.probe(token)
  }

  async close(): Promise<void> {
    for (const listener of this.#own) this.#shared.listeners.delete(listener)
    this.#own.clear()
  }
}

function share(options: MemoryPresenceStoreOptions): Shared {
  const listeners = new Set<StoreListener>()
  const state = new MemoryPresenceStoreState(
    { logEntries: 10_000, logChanges: 100_000, ...options },
    (entry) => {
      for (const listener of listeners) listener.entry(entry)
    },
  )
  return { state, listeners }
}
