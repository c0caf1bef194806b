/** `cut`: it runs, and alone does not reach Redis. */
export type ProcessState = 'running' | 'frozen' | 'dead' | 'cut'

/** What happened in a run, as the clients and whoever makes the faults saw it. */
export type ChaosEvent =
  /** A connection was welcomed; `process` holds it. */
  | {
      readonly type: 'connected'
      readonly user: string
      readonly connection: number
      readonly process: number
    }
  /** It was closed by whichever side, or its path was broken. */
  | { readonly type: 'disconnected'; readonly user: string; readonly connection: number }
  /** The user's sessions are being ended: from here on he may be shown offline without a grace. */
  | { readonly type: 'ending'; readonly user: string }
  | { readonly type: 'process'; readonly process: number; readonly state: ProcessState }
  /** Away for all processes alike. */
  | { readonly type: 'redis'; readonly state: 'up' | 'away' }
  /** Whether an observer has been told all that he watches, and by which process. */
  | {
      readonly type: 'observer'
      readonly observer: string
      readonly process: number
      readonly isSettled: boolean
    }
  | {
      readonly type: 'shown'
      readonly observer: string
      readonly user: string
      readonly status: 'online' | 'offline'
    }
  /** Whoever writes this down stood still for so long until now: what is written now may have happened then. */
  | { readonly type: 'lag'; readonly ms: number }

/** `at` in ms, of one clock. */
export type LoggedEvent = ChaosEvent & { readonly at: number }

const LOOK_MS = 25

/** One clock and one order for all that happens in a run. */
export class EventLog {
  readonly events: LoggedEvent[] = []

  /** Notes when this process stood still. @returns to stop it */
  watchLag(): () => void {
    let last = performance.now()
    const timer = setInterval(() => {
      const ms = performance.now() - last - LOOK_MS
      last = performance.now()
      if (ms > LOOK_MS) this.add({ type: 'lag', ms })
    }, LOOK_MS)
    return () => clearInterval(timer)
  }

  add(event: ChaosEvent): void {
    this.events.push({ ...event, at: performance.now() })
  }

  /** How long this process stood still at most since that event, ms. */
  lagSince(event: number): number {
    return Math.max(
      0,
      ...this.events.slice(event).flatMap((entry) => (entry.type === 'lag' ? [entry.ms] : [])),
    )
  }
}
