import type { Connections } from './connections.ts'
import { Follower, type News } from './follower.ts'
import type { DirectoryNews, MemberEvents } from './member-events.ts'
import type { Outbox } from './outbox.ts'
import type { Entry, Notice, Person, SessionId, UserId } from './ports.ts'
import { NoticeFilter, RecentChanges } from './recent.ts'
import { Visible } from './visible.ts'

/** What can be asked of a picture. */
export interface Shown {
  readonly count: number
  isOnline(id: UserId): boolean
  /** The name of somebody who is online. */
  nameOf(id: UserId): string | undefined
  people(): Iterable<Person>
  /** Store time of the last change known of a user; none when it is older than some minutes, or not numbered yet. */
  changedAt(id: UserId): number | undefined
  /** Since when, by `now`, somebody shows because he is held here although no numbered change said so. */
  aheadSince(id: UserId): number | undefined
  /** Store time at which somebody went, if that was in the last minutes. */
  offlineAt(id: UserId): number | undefined
}

/** What a process knows of everybody and shows, and the telling of what changed in it. */
export class Picture implements Shown {
  readonly follower = new Follower()
  readonly #connections: Connections
  readonly #outbox: Outbox
  readonly #events: MemberEvents
  readonly #visible: Visible
  readonly #recent = new RecentChanges()
  readonly #notices = new NoticeFilter()
  /** A release of a buried process's users was given up: who hears of it writes it down. */
  writesForOthers = false
  #quiet = false
  /** Who changed while quiet. */
  readonly #unsaid = new Set<UserId>()

  constructor(options: { connections: Connections; outbox: Outbox; events: MemberEvents }) {
    this.#connections = options.connections
    this.#outbox = options.outbox
    this.#events = options.events
    this.#visible = new Visible({
      roster: this.follower.roster,
      connections: options.connections,
      isRemoved: (id) => this.#notices.isRemoved(id),
    })
  }

  get count(): number {
    return this.#visible.count
  }

  isOnline(id: UserId): boolean {
    return this.#visible.has(id)
  }

  nameOf(id: UserId): string | undefined {
    return this.#visible.nameOf(id)
  }

  people(): Iterable<Person> {
    return this.#visible.people()
  }

  changedAt(id: UserId): number | undefined {
    return this.#visible.aheadSince(id) === undefined ? this.#recent.at(id) : undefined
  }

  aheadSince(id: UserId): number | undefined {
    return this.#visible.aheadSince(id)
  }

  offlineAt(id: UserId): number | undefined {
    return this.#visible.has(id) ? undefined : this.#recent.offlineAt(id)
  }

  /** What has been missed is read first, and only what came of it is told. */
  hush(): void {
    this.#quiet = true
  }

  speak(): void {
    this.#quiet = false
    const unsaid = [...this.#unsaid]
    this.#unsaid.clear()
    this.#tell(unsaid)
  }

  /** Whether what is known here is all there is: until then, nobody is seen to go. */
  trust(isUpToDate: boolean): void {
    this.#tell(this.#visible.trust(isUpToDate))
  }

  /** Somebody who was not held here is held now. */
  came(person: Person, now: number): void {
    this.#outbox.mark(person.id)
    if (this.#visible.came(person, now)) this.#tell([person.id])
  }

  /** Something that others must hear is true from now on. */
  say(notice: Notice): void {
    const isNew = this.#notices.isNew(notice)
    if (isNew) this.#outbox.notify(notice)
    if (isNew || notice.kind === 'ended') this.#obey([notice])
  }

  /** A step of this process made this entry. */
  made(entry: Entry, now: number): void {
    const seen: { id: UserId; at: number }[] = []
    for (const { kind, id } of entry.changes) {
      if (kind === 'online' || kind === 'offline') seen.push({ id, at: entry.at })
    }
    if (seen.length > 0) this.#events.seen(seen)
    this.learn(this.follower.heard(entry, now), now)
  }

  /**
   * A snapshot changed these people, at a time that nobody here knows: whoever went was there at `known`, the last moment known to be
   * right. Whose hold got lost with an epoch, nobody has released and written down.
   */
  loaded(people: readonly Person[], loaded: 'first' | 'again', known: number): void {
    const seen: { id: UserId; at: number }[] = []
    for (const { id } of people) {
      if (this.follower.roster.has(id)) {
        this.#recent.forget(id)
        continue
      }
      const at = Math.max(known, this.#recent.at(id) ?? 0)
      this.#recent.set(id, false, at)
      seen.push({ id, at })
    }
    if (loaded === 'first' && seen.length > 0) this.#events.seen(seen)
  }

  learn(news: News, now: number): void {
    const notices: Notice[] = []
    const seen: { id: UserId; at: number }[] = []
    for (const { at, changes } of news.entries) {
      for (const change of changes) {
        if (change.kind === 'online' || change.kind === 'offline') {
          this.#recent.set(change.id, change.kind === 'online', at)
          // Made by a batch of this process that was given up: nobody else writes it down.
          if (this.writesForOthers || this.#outbox.isUnsure(change.id)) seen.push({ id: change.id, at })
        } else if (this.#notices.isNew(change)) notices.push(change)
      }
    }
    for (const person of news.changed) {
      const { id } = person
      this.#visible.rosterChanged(person, now)
      if (this.follower.roster.has(id) || !this.#connections.isHeld(id)) continue
      if (!this.#outbox.has(id)) this.#outbox.mark(id)
    }
    if (seen.length > 0) this.#events.seen(seen)
    this.#tell(news.changed.map(({ id }) => id))
    if (notices.length > 0) this.#obey(notices)
  }

  /**
   * Whoever shows only because of this process and is not held here any more, goes when it is certain that nobody holds him: the store
   * knows what this process has to say, and the roster is in step with it.
   */
  settle(): void {
    if (!this.follower.inStep) return
    const gone: UserId[] = []
    for (const id of this.#visible.ahead()) {
      // As long as his release waits, so do the holds of others.
      if (this.#outbox.has(id)) continue
      if (this.#connections.isHeld(id)) this.#outbox.mark(id)
      else gone.push(id)
    }
    for (const id of gone) this.#visible.drop(id)
    this.#tell(gone)
  }

  /** Makes true here what notices say. */
  #obey(notices: readonly Notice[]): void {
    const ended: SessionId[] = []
    const directory: DirectoryNews[] = []
    for (const notice of notices) {
      if (notice.kind === 'ended') {
        ended.push(notice.session)
        this.#end(notice.session, notice.id)
        continue
      }
      directory.push({ op: notice.kind, id: notice.id, name: notice.name })
      if (notice.kind === 'added') continue
      for (const session of this.#connections.sessionsOf(notice.id)) {
        ended.push(session)
        this.#end(session, notice.id)
      }
      this.#visible.removed(notice.id)
    }
    if (ended.length > 0) this.#events.ended(ended)
    this.#tell(directory.filter(({ op }) => op === 'removed').map(({ id }) => id))
    if (directory.length > 0) this.#events.directory(directory)
  }

  #end(session: SessionId, user: UserId): void {
    if (!this.#connections.endSession(session)) return
    this.#outbox.mark(user)
    this.#outbox.hurry()
  }

  #tell(ids: readonly UserId[]): void {
    if (this.#quiet) for (const id of ids) this.#unsaid.add(id)
    else if (ids.length > 0) this.#events.changed(ids)
  }
}
