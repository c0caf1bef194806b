import type { SnapshotMessage, Scope, UserPresence, Watch, Window } from '@rollcall/protocol'

import type { StretchRows } from './stretch.ts'

interface Sent {
  readonly watch: Watch
  readonly ids: ReadonlySet<string>
  readonly at: number
}

/** A snapshot that is arriving. */
export interface Arriving {
  readonly scope: Scope
  readonly named: Set<string>
  window: Window | undefined
}

/** More unanswered watches than this, and the oldest will not be recognised. */
const MOST_UNANSWERED = 64

/** For whom the websocket speaks: what was sent to be watched, what of it is in force, and which snapshots were completed. */
export class Coverage {
  #unanswered: Sent[] = []
  #inForce: Sent | undefined
  /** Of the `users` in force, those told of, without a gap since. */
  #told = new Set<string>()
  readonly #arriving = new Map<Scope, Arriving>()
  readonly #complete = new Set<Scope>()

  get watchedIds(): ReadonlySet<string> {
    return this.#inForce?.ids ?? new Set()
  }

  get tellsAll(): boolean {
    return this.#complete.has('all')
  }

  /** Every snapshot that the latest watch asks for has come. */
  get isSettled(): boolean {
    if (this.#unanswered.length > 0) return false
    return this.#inForce === undefined || scopesOf(this.#inForce.watch).every((s) => this.#complete.has(s))
  }

  get hasStretch(): boolean {
    return this.#inForce !== undefined && 'online' in this.#inForce.watch
  }

  sent(watch: Watch, at: number): void {
    this.#unanswered.push({ watch, at, ids: new Set('users' in watch ? watch.users : []) })
    if (this.#unanswered.length > MOST_UNANSWERED) this.#unanswered.shift()
  }

  /**
   * Which watch a snapshot answers. `replaced` when it is the first answer to a newer watch, so that the one before is over: at the
   * latest since the new one was sent. `stray`: to none that counts.
   */
  answers(message: SnapshotMessage): { kind: 'current' | 'stray' } | { kind: 'replaced'; at: number } {
    if (message.ref === undefined || message.ref === this.#inForce?.watch.ref)
      return { kind: this.#inForce === undefined ? 'stray' : 'current' }
    const index = this.#unanswered.findIndex((sent) => sent.watch.ref === message.ref)
    const sent = this.#unanswered[index]
    return sent === undefined ? { kind: 'stray' } : { kind: 'replaced', at: sent.at }
  }

  /** The watch that this snapshot answers is in force from here on. */
  enforce(message: SnapshotMessage): void {
    const index = this.#unanswered.findIndex((sent) => sent.watch.ref === message.ref)
    const sent = this.#unanswered[index]
    if (sent === undefined) return
    this.#unanswered = this.#unanswered.slice(index + 1)
    this.#inForce = sent
    this.#told = new Set([...this.#told].filter((id) => sent.ids.has(id)))
    this.#arriving.clear()
    this.#complete.clear()
  }

  /** The snapshot that this message is a part of; undefined for a part whose beginning is missing. */
  part(message: SnapshotMessage): Arriving | undefined {
    if (message.part === 0) {
      this.#complete.delete(message.scope)
      this.#arriving.set(message.scope, { scope: message.scope, named: new Set(), window: undefined })
    }
    const arriving = this.#arriving.get(message.scope)
    if (arriving !== undefined && message.window !== undefined) arriving.window = message.window
    return arriving
  }

  /** Told by a part of a snapshot. */
  named(arriving: Arriving, id: string): void {
    arriving.named.add(id)
    if (arriving.scope === 'users') this.#told.add(id)
  }

  /** Told by a change: whoever is named while a snapshot arrives needs no naming by it. */
  changed(id: string): void {
    for (const arriving of this.#arriving.values()) arriving.named.add(id)
    if (this.#inForce?.ids.has(id) === true) this.#told.add(id)
  }

  completed(scope: Scope): void {
    this.#arriving.delete(scope)
    this.#complete.add(scope)
    if (scope === 'users') for (const id of this.watchedIds) this.#told.add(id)
  }

  /** Whether what was told of this user holds until something else is told. */
  speaksFor(user: UserPresence, stretch: StretchRows | undefined): boolean {
    if (this.#complete.has('all')) return true
    if (this.#told.has(user.id)) {
      const latest = this.#unanswered.at(-1)
      if (latest === undefined || latest.ids.has(user.id) || 'all' in latest.watch) return true
    }
    const arriving = this.#arriving.get('all') ?? this.#arriving.get('online')
    if (arriving !== undefined) return arriving.named.has(user.id)
    return this.#complete.has('online') && stretch !== undefined && stretch.covers(user.username)
  }

  told(): Iterable<string> {
    return this.#told
  }

  clear(): void {
    this.#unanswered = []
    this.#inForce = undefined
    this.#told.clear()
    this.#arriving.clear()
    this.#complete.clear()
  }
}

function scopesOf(watch: Watch): Scope[] {
  if ('all' in watch) return ['all']
  return watch.online === undefined ? ['users'] : ['users', 'online']
}
