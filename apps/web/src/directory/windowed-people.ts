import type { PresenceMessage, ServerMessage, Stretch, User, UserPresence } from '@rollcall/protocol'

import type { Live } from '../platform/live.ts'
import { OfflineRun } from './offline-run.ts'
import type { Pages } from './pages.ts'
import type { People } from './people.ts'
import { windowedView } from './windowed-view.ts'
import type { Span, WindowedView } from './windowed-view.ts'

const STRETCH = 200
const PAGE = 100
/** Rows around those looked at that should be there before they are. */
const AHEAD = 20
/** How far ahead a new stretch or run begins, so that scrolling back a little needs no other. */
const BEHIND = 60
/** A window that shows more rows than this leaves some unknown, rather than ask for ever. */
const MOST_AT_ONCE = STRETCH - AHEAD
/** Of a page asked for upwards, so much should be known already. */
const OVERLAP = 50
/** Who goes offline without being watched is seen among the others after so long at most. */
const REFRESH_MS = 30_000

/** A window on a directory of any size: a watched stretch of those online, and a run of the others, each watched by id. */
export class WindowedPeople implements People {
  readonly #live: Live
  readonly #pages: Pages
  readonly #me: User
  #run = new OfflineRun(0)
  #stretch: Stretch = { from: null, limit: STRETCH }
  #stretchComes = true
  /** Not while a search has the screen, and its watch, to itself. */
  #active = false
  #shown: Span = { from: 0, to: 0 }
  #loading: { controller: AbortController; span: Span } | undefined
  /** When a page of the others was loaded last, and how many were online then. */
  #loadedAt = 0
  #loadedWith: number | undefined
  #total = 0
  /** New accounts that are to come online without having been among the others. */
  #fresh = 0
  #told = ''
  #completed = new Set<string>()

  constructor({ live, pages, me }: { live: Live; pages: Pages; me: User }) {
    this.#live = live
    this.#pages = pages
    this.#me = me
  }

  get isLoaded(): boolean {
    return this.#live.screen.window !== undefined
  }

  start(): void {
    this.#active = true
    this.#told = ''
    this.#stretchComes = true
    this.#watch()
    this.#reload()
  }

  stop(): void {
    this.#active = false
    this.#loading?.controller.abort()
    this.#loading = undefined
  }

  view(): WindowedView {
    const { screen } = this.#live
    const me = screen.user(this.#me.id) ?? { ...this.#me, status: 'online', lastSeenAt: null }
    return windowedView({
      me,
      counts: screen.counts ?? { online: 1, total: 1 },
      online: screen.online,
      window: screen.window,
      run: this.#run,
    })
  }

  changed(ids: ReadonlySet<string>): void {
    for (const id of ids) this.#run.update(id, this.#live.screen.user(id))
    this.#need()
  }

  heard(message: ServerMessage): void {
    const total = this.#live.screen.counts?.total ?? 0
    this.#fresh += Math.max(0, total - this.#total)
    this.#total = total
    if (message.type === 'welcome') {
      this.#completed.clear()
      this.#stretchComes = true
      this.#reload()
    } else if (message.type === 'presence') {
      this.#cameAndWent(message)
    } else if (message.type === 'snapshot' && message.complete) {
      if (message.scope === 'online') this.#stretchComes = false
      const answer = `${message.scope} ${message.ref ?? ''}`
      // A second answer to one watch comes unasked: something was skipped, deletions perhaps.
      if (this.#completed.has(answer) && message.scope === 'users') this.#reload()
      this.#completed.add(answer)
    }
    this.#need()
  }

  show(first: number, last: number): void {
    this.#shown = { from: first, to: last }
    this.#need()
  }

  #cameAndWent({ changes }: PresenceMessage): void {
    for (const { id, status } of changes) {
      const user = this.#live.screen.user(id)
      if (user === undefined || id === this.#me.id || !this.#live.screen.turned.has(id)) continue
      if (status === 'offline') this.#run.left(user)
      else if (this.#fresh > 0 && !this.#run.has(id)) this.#fresh--
      else this.#run.came(user)
    }
  }

  /** Sees to it that what is looked at is known, or comes. */
  #need(): void {
    if (!this.#active || !this.isLoaded) return
    const view = this.view()
    const [first, last] = [this.#shown.from - AHEAD, this.#shown.to + AHEAD]
    const online = atMost(view.onlineIn(first, last))
    if (online !== undefined && !covers(view.known, online)) this.#reach(online)
    const offline = atMost(view.offlineIn(first, last))
    if (offline !== undefined) this.#reachOffline(offline)
  }

  #reach({ from, to }: Span): void {
    const rank = Math.max(0, from - Math.min(BEHIND, STRETCH - (to - from)))
    const stretch: Stretch = { from: rank === 0 ? null : rank, limit: STRETCH }
    if (this.#stretchComes && near(stretch, this.#stretch)) return
    this.#stretch = stretch
    this.#stretchComes = true
    this.#watch()
  }

  #reachOffline(need: Span): void {
    const { start, people, next } = this.#run
    const end = start + people.length
    const has = people.length > 0 && start <= need.from && (need.to <= end || next === null)
    if (this.#loading !== undefined && covers(this.#loading.span, need)) return
    if (has) return this.#refresh()
    if (people.length > 0 && typeof next === 'string' && start <= need.from && need.from <= end) {
      void this.#load({ from: start, to: end + PAGE }, { cursor: next, limit: PAGE }, (users, cursor) =>
        this.#run.below(users, cursor),
      )
    } else if (people.length > 0 && start > need.from && need.to >= start && need.to <= end) {
      const at = Math.max(0, start - PAGE)
      const limit = Math.min(start - at + OVERLAP, 2 * PAGE)
      void this.#load({ from: at, to: end }, { at, limit }, (users, cursor) =>
        this.#run.above(users, at, cursor),
      )
    } else {
      this.#begin(Math.max(0, need.from - BEHIND))
    }
  }

  #refresh(): void {
    const { online } = this.#live.screen.counts ?? { online: 0 }
    if (online === this.#loadedWith || Date.now() - this.#loadedAt < REFRESH_MS) return
    this.#reload()
  }

  #reload(): void {
    if (this.#active && this.#run.people.length > 0) this.#begin(this.#run.start)
  }

  #begin(at: number): void {
    void this.#load({ from: at, to: at + 2 * PAGE }, { at, limit: 2 * PAGE }, (users, cursor) => {
      this.#run = new OfflineRun(at)
      this.#fresh = 0
      this.#run.below(users, cursor)
    })
  }

  async #load(
    span: Span,
    page: { at?: number; cursor?: string; limit: number },
    take: (users: UserPresence[], cursor: string | null) => void,
  ): Promise<void> {
    this.#loading?.controller.abort()
    const controller = new AbortController()
    this.#loading = { controller, span }
    await this.#pages.load({ ...page, status: 'offline', signal: controller.signal }, (users, cursor) => {
      this.#loading = undefined
      this.#loadedAt = Date.now()
      this.#loadedWith = this.#live.screen.counts?.online
      take(
        users.filter(({ id }) => id !== this.#me.id),
        cursor,
      )
      this.#watch()
    })
    if (this.#loading?.controller === controller) this.#loading = undefined
  }

  #watch(): void {
    const users = this.#run.people.map(({ id }) => id)
    const told = `${this.#stretch.from} ${users.join(' ')}`
    if (told === this.#told) return
    this.#told = told
    this.#live.watch({ users, online: this.#stretch })
  }
}

function covers(span: Span, need: Span): boolean {
  return span.from <= need.from && need.to <= span.to
}

function atMost(span: Span | undefined): Span | undefined {
  return span && { from: span.from, to: Math.min(span.to, span.from + MOST_AT_ONCE) }
}

/** The stretch that is on its way will do. */
function near(one: Stretch, other: Stretch): boolean {
  const rank = ({ from }: Stretch) => (typeof from === 'number' ? from : 0)
  return Math.abs(rank(one) - rank(other)) < BEHIND
}
