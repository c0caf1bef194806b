import { MAX_WATCHED_USERS } from '@rollcall/protocol'
import type { ServerMessage, Status, UserPresence } from '@rollcall/protocol'

import type { Live } from '../platform/live.ts'
import type { Pages } from './pages.ts'
import type { People } from './people.ts'
import { groupedView } from './rows.ts'
import type { ListView } from './rows.ts'

const PAGE = 50
/** New accounts are not told of here: while the directory grows, the search is made again at most this often. */
const AGAIN_MS = 3_000
/** Who comes online between the page of those online and that of those offline is on neither: the second time he is found. */
const SEARCHES = 2

/** Whom the server finds by a part of the name: those online first, more as one scrolls, each watched by id. */
export class FoundPeople implements People {
  readonly #live: Live
  readonly #pages: Pages
  readonly #me: string
  #found: Found = { ids: new Set(), from: FIRST }
  #loading: AbortController | undefined
  #again: ReturnType<typeof setTimeout> | undefined
  #total: number | undefined
  #searchedAt = 0
  /** How often to search again. */
  #due = 0
  #isStopped = false
  isLoaded = false
  readonly query: string

  constructor(options: { live: Live; pages: Pages; me: string; query: string }) {
    this.#live = options.live
    this.#pages = options.pages
    this.#me = options.me
    this.query = options.query
  }

  /** People were found whom nobody shows: so many that one should ask more closely. */
  get isCut(): boolean {
    return this.#found.from !== undefined && this.#found.ids.size >= MAX_WATCHED_USERS
  }

  start(): void {
    this.#total = this.#live.screen.counts?.total
    void this.#load()
  }

  stop(): void {
    this.#loading?.abort()
    this.#loading = undefined
    this.#isStopped = true
    clearTimeout(this.#again)
  }

  view(): ListView {
    const users: UserPresence[] = []
    for (const id of this.#found.ids) {
      const user = this.#live.screen.user(id)
      if (user !== undefined) users.push(user)
    }
    return groupedView(users, this.#me, this.#found.from !== undefined)
  }

  changed(ids: ReadonlySet<string>): void {
    for (const id of ids) if (this.#live.screen.user(id) === undefined) this.#found.ids.delete(id)
  }

  heard(message: ServerMessage): void {
    const total = this.#live.screen.counts?.total
    if (message.type === 'welcome' || total !== this.#total) {
      this.#total = total
      this.#due = SEARCHES
      this.#plan()
    }
  }

  show(_first: number, last: number): void {
    if (last >= this.#found.ids.size - PAGE / 2 && !this.isCut) void this.#load()
  }

  async #load(): Promise<void> {
    if (this.#loading !== undefined) return
    await this.#gather(this.#found, this.#found.ids.size + PAGE)
  }

  #plan(): void {
    if (this.#due === 0 || this.#isStopped) return
    const wait = Math.max(0, this.#searchedAt + AGAIN_MS - Date.now())
    this.#again ??= setTimeout(() => void this.#searchAgain(), wait)
  }

  /** As far as was shown already, and only then instead of it. */
  async #searchAgain(): Promise<void> {
    this.#again = undefined
    this.#due--
    this.#searchedAt = Date.now()
    this.#loading?.abort()
    await this.#gather({ ids: new Set(), from: FIRST }, this.#found.ids.size)
    this.#plan()
  }

  /** Page after page, those online first. What is there is shown with the first page, or when all is there that was before. */
  async #gather(found: Found, wanted: number): Promise<void> {
    const controller = new AbortController()
    this.#loading = controller
    let next: Found = { ...found, ids: new Set(found.ids) }
    let taken = true
    while (taken && next.from !== undefined && next.ids.size < Math.min(wanted, MAX_WATCHED_USERS)) {
      const { status, cursor } = next.from
      taken = await this.#pages.load(
        {
          q: this.query,
          status,
          limit: PAGE,
          signal: controller.signal,
          ...(cursor === undefined ? {} : { cursor }),
        },
        (users, following) => {
          for (const { id } of users.slice(0, MAX_WATCHED_USERS - next.ids.size)) next.ids.add(id)
          next = { ids: next.ids, from: after(status, following) }
          const size = next.ids.size
          if (next.from === undefined || (size > 0 && size >= this.#found.ids.size)) this.#show(next)
        },
      )
    }
    if (this.#loading === controller) this.#loading = undefined
  }

  #show(found: Found): void {
    this.#found = { ...found, ids: new Set(found.ids) }
    this.isLoaded = true
    this.#live.watch({ users: [...found.ids] })
  }
}

interface Found {
  readonly ids: Set<string>
  /** Where to go on; undefined when that was all. */
  readonly from: { readonly status: Status; readonly cursor: string | undefined } | undefined
}

const FIRST = { status: 'online', cursor: undefined } as const

/** Those offline come when those online are all there. */
function after(status: Status, next: string | null): Found['from'] {
  if (next !== null) return { status, cursor: next }
  return status === 'online' ? { status: 'offline', cursor: undefined } : undefined
}
