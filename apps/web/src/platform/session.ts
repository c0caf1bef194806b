import { HttpProblem } from '@rollcall/client'
import type { RollcallHttp } from '@rollcall/client'
import type { Credentials, User } from '@rollcall/protocol'
import { createStore } from 'zustand/vanilla'
import type { StoreApi } from 'zustand/vanilla'

/** `chosen`: here, just now. `other-tab`: of this browser. `ended`: expired, or ended on another device. */
export type SignedOut = 'absent' | 'chosen' | 'other-tab' | 'ended' | 'deleted'

export type SessionState =
  | { readonly kind: 'unknown' }
  | { readonly kind: 'unreachable' }
  | { readonly kind: 'in'; readonly user: User }
  | { readonly kind: 'out'; readonly why: SignedOut }

/** The other tabs of this browser, which share the cookie. */
export interface Tabs {
  tell(news: 'in' | 'out'): void
  listen(listener: (news: 'in' | 'out') => void): void
}

/** Who is logged in here: the one owner of that answer. */
export class Session {
  readonly store: StoreApi<SessionState> = createStore<SessionState>(() => ({ kind: 'unknown' }))
  readonly #http: RollcallHttp
  readonly #tabs: Tabs
  /** While we log out ourselves, the end of the session is no news. */
  #leaving: SignedOut | undefined

  constructor({ http, tabs }: { http: RollcallHttp; tabs: Tabs }) {
    this.#http = http
    this.#tabs = tabs
    tabs.listen((news) => {
      const state = this.store.getState()
      // The server's word may come first, and does not know why.
      const isNews = state.kind === 'in' || (state.kind === 'out' && state.why === 'ended')
      if (news === 'out' && isNews) this.#become({ kind: 'out', why: 'other-tab' })
      if (news === 'in' && state.kind !== 'in') void this.check()
    })
  }

  /** Asks the server. What is known stays while it cannot be reached. */
  async check(): Promise<void> {
    try {
      const { user } = await this.#http.session()
      const before = this.store.getState()
      if (before.kind !== 'in' || before.user.id !== user.id) this.#become({ kind: 'in', user })
    } catch (error) {
      const refused = error instanceof HttpProblem && error.status === 401
      const { kind } = this.store.getState()
      if (refused) this.#out(kind === 'in' ? 'ended' : 'absent')
      else if (kind === 'unknown') this.#become({ kind: 'unreachable' })
    }
  }

  async signUp(credentials: Credentials): Promise<void> {
    this.#in(await this.#http.signUp(credentials))
  }

  async logIn(credentials: Credentials): Promise<void> {
    this.#in(await this.#http.logIn(credentials))
  }

  logOut(): Promise<void> {
    return this.#leave('chosen', () => this.#http.logOut())
  }

  deleteAccount(password: string): Promise<void> {
    return this.#leave('deleted', () => this.#http.deleteAccount(password))
  }

  /** The server ended it. */
  ended(): void {
    if (this.#leaving === undefined) this.#out('ended')
  }

  async #leave(why: SignedOut, request: () => Promise<void>): Promise<void> {
    this.#leaving = why
    try {
      await request()
      this.#out(why)
      this.#tabs.tell('out')
    } finally {
      this.#leaving = undefined
    }
  }

  #in(user: User): void {
    this.#become({ kind: 'in', user })
    this.#tabs.tell('in')
  }

  #out(why: SignedOut): void {
    const before = this.store.getState()
    if (before.kind !== 'out') this.#become({ kind: 'out', why })
  }

  #become(state: SessionState): void {
    this.store.setState(state, true)
  }
}

/** Over a BroadcastChannel, which plain http has too; without one, each tab learns it from the server. */
export function browserTabs(): Tabs {
  if (typeof BroadcastChannel === 'undefined') return { tell() {}, listen() {} }
  const channel = new BroadcastChannel('rollcall.session')
  return {
    tell: (news) => channel.postMessage(news),
    listen: (listener) => {
      channel.addEventListener('message', ({ data }: MessageEvent<unknown>) => {
        if (data === 'in' || data === 'out') listener(data)
      })
    },
  }
}
