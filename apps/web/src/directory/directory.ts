import type { RollcallHttp } from '@rollcall/client'
import type { ServerMessage, User } from '@rollcall/protocol'
import { createStore } from 'zustand/vanilla'
import type { StoreApi } from 'zustand/vanilla'

import type { Live } from '../platform/live.ts'
import { FoundPeople } from './found-people.ts'
import { Pages } from './pages.ts'
import type { People } from './people.ts'
import { EMPTY, keptInPlace } from './rows.ts'
import type { ListView } from './rows.ts'
import { WholePeople } from './whole-people.ts'
import { WindowedPeople } from './windowed-people.ts'

export interface DirectoryState {
  readonly view: ListView
  /** What the view was searched with. */
  readonly query: string
  /** Nothing to show yet: not even that there is nobody. */
  readonly isLoading: boolean
  /** Pages do not come; they are asked for again and again. */
  readonly isFailing: boolean
  /** More were found than are shown. */
  readonly isCut: boolean
}

/** Up to here everybody is watched; some way beyond, no more. */
const WHOLE = 1_000
const TOO_MANY = 1_200
const TYPING_MS = 250
/** Rows keep their places this long after somebody moved the pointer over them, and at most so long in all. */
const POINTED_MS = 800
const LONGEST_HOLD_MS = 3_000

/** The list of people: which of it is watched and loaded, and what it shows. */
export class Directory {
  readonly store: StoreApi<DirectoryState>
  readonly #live: Live
  readonly #me: User
  readonly #pages: Pages
  #base: WholePeople | WindowedPeople | undefined
  #found: FoundPeople | undefined
  #query = ''
  #typing: ReturnType<typeof setTimeout> | undefined
  #shown = { first: 0, last: 0 }
  #pointedAt = 0
  #heldSince: number | undefined
  #release: ReturnType<typeof setTimeout> | undefined

  constructor({ http, live, me }: { http: Pick<RollcallHttp, 'users'>; live: Live; me: User }) {
    this.#live = live
    this.#me = me
    this.#pages = new Pages({
      http,
      live,
      failing: (isFailing) => this.store.setState({ isFailing }),
    })
    this.store = createStore<DirectoryState>(() => ({
      view: EMPTY,
      query: '',
      isLoading: true,
      isFailing: false,
      isCut: false,
    }))
  }

  /** @returns to stop */
  start(): () => void {
    const stops = [
      this.#live.onMessage((message) => this.#heard(message)),
      this.#live.onChanged((ids) => {
        this.#base?.changed(ids)
        this.#found?.changed(ids)
        this.#refresh()
      }),
    ]
    return () => {
      for (const stop of stops) stop()
      clearTimeout(this.#typing)
      clearTimeout(this.#release)
      this.#base?.stop()
      this.#found?.stop()
      this.#base = undefined
      this.#found = undefined
    }
  }

  /** Shows those whose names hold `text`, once typing has paused where the server must be asked. */
  search(text: string): void {
    this.#query = text.trim()
    clearTimeout(this.#typing)
    if (this.#base instanceof WindowedPeople && this.#query !== '') {
      this.#typing = setTimeout(() => this.#find(), TYPING_MS)
    } else {
      this.#find()
    }
  }

  /** These rows are looked at. */
  show(first: number, last: number): void {
    this.#shown = { first, last }
    this.#people?.show(first, last)
  }

  /** Somebody moves a pointer over the rows, and means one of them. */
  pointed(): void {
    this.#pointedAt = Date.now()
  }

  get #people(): People | undefined {
    return this.#found ?? this.#base
  }

  #heard(message: ServerMessage): void {
    const total = this.#live.screen.counts?.total ?? 0
    const fits = this.#base instanceof WholePeople ? total <= TOO_MANY : total <= WHOLE
    const mayGrow = message.type === 'welcome' || this.#base instanceof WholePeople
    if (this.#base === undefined || (mayGrow && fits !== this.#base instanceof WholePeople))
      this.#choose(fits)
    this.#base?.heard(message)
    this.#found?.heard(message)
    this.#refresh()
  }

  #choose(fits: boolean): void {
    const options = { live: this.#live, pages: this.#pages }
    this.#base?.stop()
    this.#base = fits
      ? new WholePeople({ ...options, me: this.#me.id })
      : new WindowedPeople({ ...options, me: this.#me })
    this.#base.start()
    this.#find()
  }

  #find(): void {
    this.#found?.stop()
    this.#heldSince = undefined
    this.#pointedAt = 0
    const hadFound = this.#found !== undefined
    this.#found = undefined
    if (this.#base instanceof WholePeople) {
      this.#base.find(this.#query)
    } else if (this.#base !== undefined && this.#query !== '') {
      this.#base.stop()
      this.#found = new FoundPeople({
        live: this.#live,
        pages: this.#pages,
        me: this.#me.id,
        query: this.#query,
      })
      this.#found.start()
    } else if (hadFound) {
      this.#base?.start()
    }
    this.#refresh()
  }

  #refresh(): void {
    const people = this.#people
    if (people === undefined) return
    const { store } = this
    if (!people.isLoaded) {
      // A search that is under way leaves what was there; the first view of all has nothing to leave.
      if (store.getState().view === EMPTY) store.setState({ isLoading: true })
      return
    }
    const now = people.view()
    const view = this.#isHeld()
      ? keptInPlace(store.getState().view, now, (id) => this.#live.screen.user(id))
      : now
    // While the server still searches, the view is not of what was typed.
    const query = this.#found?.query ?? (this.#base instanceof WholePeople ? this.#query : '')
    store.setState({ view, query, isLoading: false, isCut: this.#found?.isCut ?? false })
    people.show(this.#shown.first, this.#shown.last)
  }

  /** While somebody points at a row, rows change where they are, and move afterwards. */
  #isHeld(): boolean {
    clearTimeout(this.#release)
    const now = Date.now()
    const until = Math.min(this.#pointedAt + POINTED_MS, (this.#heldSince ?? now) + LONGEST_HOLD_MS)
    if (now >= until || !(this.#base instanceof WholePeople)) {
      this.#heldSince = undefined
      return false
    }
    this.#heldSince ??= now
    this.#release = setTimeout(() => this.#refresh(), until - now)
    return true
  }
}
