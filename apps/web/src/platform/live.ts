import { RollcallConnection, Screen, follow } from '@rollcall/client'
import type { RollcallHttp, Watching } from '@rollcall/client'
import type { Counts, ServerMessage } from '@rollcall/protocol'
import { createStore } from 'zustand/vanilla'
import type { StoreApi } from 'zustand/vanilla'

/** `outdated`: the server speaks a newer protocol than this page. */
export type Link = 'starting' | 'live' | 'reconnecting' | 'offline' | 'outdated'

export interface LiveState {
  readonly link: Link
  /** When what is shown was last known to be right, ms; null while it is right now. */
  readonly asOf: number | null
  readonly counts: Counts | undefined
  /** Rises with whatever may show. */
  readonly version: number
}

export interface Live {
  readonly screen: Screen
  readonly store: StoreApi<LiveState>
  /** Says whom to watch from now on, instead of those before. */
  watch(watching: Watching): void
  /** Called with the ids of the users whose rows changed; with none when something else did. @returns to stop */
  onChanged(listener: (ids: ReadonlySet<string>) => void): () => void
  /** Called after the screen has taken a message. @returns to stop */
  onMessage(listener: (message: ServerMessage) => void): () => void
  /** Tell it when a page was applied to the screen. */
  changed(ids: ReadonlySet<string>): void
  /** @returns to stop */
  start(): () => void
}

/** A first connection that takes no longer than this needs no words. */
const STARTING_MS = 1_000

/** What the screen of one logged-in user stands on: the websocket, and what it tells. */
export function createLive(options: { http: RollcallHttp; url: string; sessionEnded: () => void }): Live {
  const { http, url, sessionEnded } = options
  const connection = new RollcallConnection({ url, checkSession: () => http.checkSession() })
  const screen = new Screen()
  const onChanged = new Set<(ids: ReadonlySet<string>) => void>()
  const onMessage = new Set<(message: ServerMessage) => void>()
  const store = createStore<LiveState>(() => ({
    link: 'starting',
    asOf: null,
    counts: undefined,
    version: 0,
  }))
  let settling = true

  const look = () => {
    const { asOf, counts, version } = screen
    store.setState({ link: linkOf(), asOf, counts, version })
  }
  const linkOf = (): Link => {
    const { state } = connection
    if (state.kind === 'live') return 'live'
    if (state.kind === 'ended' && state.reason === 'protocol') return 'outdated'
    if (!navigator.onLine) return 'offline'
    return settling ? 'starting' : 'reconnecting'
  }
  const changed = (ids: ReadonlySet<string>) => {
    look()
    for (const listener of onChanged) listener(ids)
  }

  return {
    screen,
    store,
    changed,
    watch: (watching) => connection.watch(watching),
    onChanged: (listener) => {
      onChanged.add(listener)
      return () => onChanged.delete(listener)
    },
    onMessage: (listener) => {
      onMessage.add(listener)
      return () => onMessage.delete(listener)
    },
    start() {
      const settled = () => {
        settling = false
        look()
      }
      const timer = setTimeout(settled, STARTING_MS)
      const unfollow = follow(connection, screen, changed)
      const unhear = connection.on('message', (message) => {
        for (const listener of onMessage) listener(message)
      })
      const unlisten = connection.on('state', (state) => {
        if (state.kind === 'live' || state.kind === 'waiting') settling = false
        look()
        if (state.kind === 'ended' && state.reason === 'session') sessionEnded()
      })
      window.addEventListener('online', look)
      window.addEventListener('offline', look)
      connection.start()
      return () => {
        clearTimeout(timer)
        window.removeEventListener('online', look)
        window.removeEventListener('offline', look)
        connection.stop()
        unlisten()
        unhear()
        unfollow()
      }
    },
  }
}
