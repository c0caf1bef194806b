import type { Backlog, Found, Listed, NetChange, Pace, Told, UserId, Watches } from '@rollcall/presence'
import type { Counts, Watch } from '@rollcall/protocol'

import { KnownUsersQueue } from './known-users.ts'
import type { LastSeenReader } from './known-users.ts'
import type { Due, KnownUsers, Socket } from './socket.ts'
import {
  changeText,
  freshnessOf,
  messageFrame,
  offlineText,
  onlineText,
  presenceFrame,
  snapshotHead,
  snapshotTail,
} from './wire.ts'
import type { Frame } from './wire.ts'

export interface AnswersOptions {
  /** This socket does not drain. */
  readonly slow: (socket: Socket) => void
  readonly told: Told
  readonly watches: Watches<Socket>
  readonly backlog: Backlog
  readonly pace: Pace
  readonly node: {
    readonly freshness: { state: 'live' | 'stale'; since: number }
    lastOffline(id: UserId): number | undefined
  }
  readonly lastSeen: LastSeenReader
  readonly counts: () => Counts
  readonly beat: () => number
  readonly now: () => number
  /** Takes over a drained socket that is better served with the next flush. */
  readonly defer: (socket: Socket) => boolean
  readonly lookUpFailed: (error: unknown) => void
}

/** Users in one part of a snapshot: some 190 KB. */
const PART = 2_000
/** A socket that missed more changes than this, and more than are online, gets a fresh snapshot instead. */
const MOST_MISSED = 1_000
const MOST_PARTS_KEPT = 64

interface Part {
  readonly tail: Buffer
  /** Who is named last, null where it is the last part. */
  readonly last: Listed | null
}

/**
 * Snapshots, and what slow sockets have missed: whatever is said to one socket rather than told to all. It is all taken from the told state
 * (P14) at the moment it is written, and written only as fast as the connection takes it.
 */
export class Answers {
  readonly #options: AnswersOptions
  readonly #known: KnownUsersQueue
  /** What many sockets get the same of, as of the last flush. */
  readonly #parts = new Map<UserId | null, Part>()
  readonly #stretches = new Map<string, { found: Found; tail: Buffer }>()
  readonly #missed = new Map<number, Frame>()

  constructor(options: AnswersOptions) {
    this.#options = options
    this.#known = new KnownUsersQueue({
      reader: options.lastSeen,
      answer: (socket, users) => this.#looked(socket, users),
      failed: options.lookUpFailed,
    })
  }

  /** A flush has changed what is told. */
  flushed(): void {
    this.#parts.clear()
    this.#stretches.clear()
    this.#missed.clear()
  }

  /** The watch is in force from now on, instead of the one before. */
  watch(socket: Socket, watch: Watch): void {
    const { watches } = this.#options
    if ('all' in watch) {
      watches.watchAll(socket)
      socket.asked = { ref: watch.ref, all: true, stretch: null }
    } else {
      const { online } = watch
      watches.watchUsers(socket, watch.users)
      socket.asked = { ref: watch.ref, all: false, stretch: online === undefined ? null : { ...online } }
    }
    this.again(socket)
    const watchesSomebody = 'all' in watch || watch.users.length > 0 || watch.online !== undefined
    if (!watchesSomebody || socket.isWatcher) return
    socket.isWatcher = true
    this.#options.pace.began(this.#options.now())
  }

  /** A fresh snapshot of everything the watch in force names. */
  again(socket: Socket): void {
    const { asked } = socket
    if (asked === null) return
    socket.behind = -1
    socket.since = this.#options.backlog.version
    socket.due = {
      all: asked.all ? { last: null, part: 0 } : null,
      stretch: asked.stretch !== null,
      users: asked.all ? 'no' : 'to be asked',
      freshness: socket.due?.freshness ?? false,
    }
    this.pump(socket)
  }

  /** More than twice as many as it asked for are online in its stretch: it ends earlier from now on. */
  renewStretch(socket: Socket): void {
    socket.due ??= nothing()
    socket.due.stretch = true
    this.pump(socket)
  }

  /** This process lost or regained its link to the others. */
  freshness(socket: Socket): void {
    socket.due ??= nothing()
    socket.due.freshness = true
    this.pump(socket)
  }

  /** Says what is due, as far as the connection takes it. */
  pump(socket: Socket): void {
    if (!socket.isOpen) return
    if (socket.behind >= 0) {
      if (socket.isSlow) return this.awaitDrain(socket)
      this.#catchUp(socket)
    }
    while (socket.due !== null) {
      if (socket.isSlow) return this.awaitDrain(socket)
      if (!this.#sayNext(socket, socket.due)) return
    }
  }

  /** What it missed is said when the connection has taken what is on its way. */
  awaitDrain(socket: Socket): void {
    if (socket.awaitsDrain) return
    socket.awaitsDrain = true
    this.#options.slow(socket)
    // Others have their turn between two parts of a long snapshot.
    socket.net.once('drain', () => setImmediate(() => this.#drained(socket)))
  }

  #drained(socket: Socket): void {
    socket.awaitsDrain = false
    socket.slowAt = -1
    if (socket.behind < 0 || !this.#options.defer(socket)) this.pump(socket)
  }

  closed(socket: Socket): void {
    this.#options.watches.unwatch(socket)
    this.#known.cancel(socket)
    socket.due = null
  }

  stop(): void {
    this.#known.stop()
  }

  #catchUp(socket: Socket): void {
    const { backlog, told, watches } = this.#options
    const changes = backlog.since(socket.behind)
    const isAll = socket.watching?.all === true
    const wanted = isAll ? changes : changes?.filter(({ id, key }) => watches.sees(socket, id, key))
    if (wanted == null || wanted.length > Math.max(MOST_MISSED, told.size)) return this.again(socket)
    const frame = isAll ? this.#missedBy(socket.behind, wanted) : this.#presence(wanted)
    socket.behind = -1
    socket.since = backlog.version
    if (wanted.length > 0) socket.write(frame, this.#options.beat())
  }

  #missedBy(version: number, changes: readonly NetChange[]): Frame {
    let frame = this.#missed.get(version)
    if (frame === undefined) {
      frame = this.#presence(changes)
      this.#missed.set(version, frame)
    }
    return frame
  }

  #presence(changes: readonly NetChange[]): Frame {
    return presenceFrame(changes.map(changeText), this.#options.counts())
  }

  /** One frame, or false where nothing can be said now. */
  #sayNext(socket: Socket, due: Due): boolean {
    if (due.freshness) {
      due.freshness = false
      const freshness = freshnessOf(this.#options.node.freshness)
      socket.write(messageFrame({ type: 'freshness', ...freshness }), this.#options.beat())
    } else if (due.stretch) {
      due.stretch = false
      this.#sayStretch(socket)
    } else if (due.users === 'to be asked') {
      this.#sayUsers(socket, due, new Map())
    } else if (typeof due.users === 'object') {
      this.#sayUsers(socket, due, due.users)
    } else if (due.all !== null) {
      this.#sayPart(socket, due, due.all)
    } else {
      if (due.users === 'no') socket.due = null
      return false
    }
    return true
  }

  #sayPart(socket: Socket, due: Due, { last, part }: { last: Listed | null; part: number }): void {
    const { tail, last: named } = this.#part(last)
    const head = snapshotHead('all', socket.asked?.ref, part, tail)
    due.all = named === null ? null : { last: named, part: part + 1 }
    socket.writeBoth(head, tail, this.#options.beat())
  }

  #part(after: Listed | null): Part {
    const key = after?.id ?? null
    const known = this.#parts.get(key)
    if (known !== undefined) return known
    const people = this.#options.told.after(after, PART + 1)
    const complete = people.length <= PART
    if (!complete) people.pop()
    const tail = snapshotTail(people.map(onlineText), complete)
    const part = { tail, last: complete ? null : (people.at(-1) ?? null) }
    if (this.#parts.size < MOST_PARTS_KEPT) this.#parts.set(key, part)
    return part
  }

  #sayStretch(socket: Socket): void {
    const stretch = socket.asked?.stretch
    if (stretch == null) return
    const { found, tail } = this.#stretch(stretch.from, stretch.limit)
    stretch.from = found.from
    this.#options.watches.watchStretch(socket, found.fromKey, found.toKey, stretch.limit)
    socket.writeBoth(snapshotHead('online', socket.asked?.ref, 0, tail), tail, this.#options.beat())
  }

  #stretch(from: string | number | null, limit: number): { found: Found; tail: Buffer } {
    const key = JSON.stringify([from, limit])
    const known = this.#stretches.get(key)
    if (known !== undefined) return known
    const found = this.#options.told.find(from, limit)
    const window = { from: found.from, to: found.to, before: found.before }
    const stretch = { found, tail: snapshotTail(found.people.map(onlineText), true, window) }
    this.#stretches.set(key, stretch)
    return stretch
  }

  #sayUsers(socket: Socket, due: Due, known: KnownUsers): void {
    const { told, node, watches } = this.#options
    const texts: string[] = []
    const offline: UserId[] = []
    let isComplete = true
    for (const id of watches.usersOf(socket)) {
      const online = told.get(id)
      if (online !== undefined) {
        texts.push(onlineText(online))
        continue
      }
      offline.push(id)
      if (!known.has(id)) isComplete = false
      const user = known.get(id)
      if (user === undefined) continue
      const { username, lastSeenAt } = user
      const seen = Math.max(lastSeenAt ?? -Infinity, node.lastOffline(id) ?? -Infinity)
      texts.push(offlineText(id, username, Number.isFinite(seen) ? seen : null))
    }
    if (isComplete) {
      due.users = 'no'
      const tail = snapshotTail(texts, true)
      socket.writeBoth(snapshotHead('users', socket.asked?.ref, 0, tail), tail, this.#options.beat())
    } else {
      due.users = 'asked'
      this.#known.ask(socket, offline)
    }
  }

  #looked(socket: Socket, users: KnownUsers): void {
    if (socket.due?.users !== 'asked') return
    socket.due.users = users
    this.pump(socket)
  }
}

function nothing(): Due {
  return { all: null, stretch: false, users: 'no', freshness: false }
}
