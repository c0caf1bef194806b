import type { SnapshotMessage, Scope, UserPresence, Watch, Window } from '@rollcall/protocol'

import type { StretchRows } from './stretch.ts'

interface Sent {
  readonly watch: Watch
  readonly ids: ReadonlySet<string>
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
  readonly #told = new Set<string>()
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

  sent(watch: Watch): void {
    this.#unanswered.push({ watch, ids: new Set('users' in watch ? watch.users : []) })
    if (this.#unanswered.length > MOST_UNANSWERED) this.#unanswered.shift()
  }

  /** Whether a snapshot answers a watch that counts. The first answer to a newer one puts that in force. */
  accepts(message: SnapshotMessage): boolean {
    if (message.ref === undefined || message.ref === this.#inForce?.watch.ref)
      return this.#inForce !== undefined
    const index = this.#unanswered.findIndex((sent) => sent.watch.ref === message.ref)
    const sent = this.#unanswered[index]
    if (sent === undefined) return false
    const passed = this.#unanswered.splice(0, index + 1)
    this.#inForce = sent
    for (const id of this.#told) if (!passed.every(({ ids }) => ids.has(id))) this.#told.delete(id)
    this.#arriving.clear()
    this.#complete.clear()
    return true
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

  /** Whether what was told of this user is newer than a page. A watch that was replaced a moment ago still counts. */
  speaksFor(user: UserPresence, stretch: StretchRows | undefined): boolean {
    if (this.#complete.has('all')) return true
    if (this.#told.has(user.id) && this.#isStillWatched(user.id)) return true
    return this.#complete.has('online') && stretch !== undefined && stretch.covers(user.username)
  }

  /** Whether it is certain that any change of this user will be told. */
  keeps(user: UserPresence, stretch: StretchRows | undefined): boolean {
    if (this.#told.has(user.id)) return this.#isStillWatched(user.id)
    return this.#unanswered.length === 0 && this.speaksFor(user, stretch)
  }

  /** By all that is on its way to the server, too. */
  #isStillWatched(id: string): boolean {
    return this.#unanswered.every(({ watch, ids }) => 'all' in watch || ids.has(id))
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
