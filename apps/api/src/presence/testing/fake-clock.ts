import { vi } from 'vitest'

/** Time by hand: it passes where a test lets it, for timers and for the work of a process. */
export class FakeClock {
  #worked = 0
  /** So much time passes with every look at the clock, ms. */
  lookMs = 0

  constructor() {
    vi.useFakeTimers({
      toFake: [
        'setTimeout',
        'setInterval',
        'setImmediate',
        'clearTimeout',
        'clearInterval',
        'clearImmediate',
        'performance',
        'Date',
      ],
    })
    const now = performance.now.bind(performance)
    vi.spyOn(performance, 'now').mockImplementation(() => now() + (this.#worked += this.lookMs))
  }

  /** @param ms time that passes, with all timers that are due meanwhile */
  advance = (ms: number): Promise<unknown> => vi.advanceTimersByTimeAsync(ms)

  /** The process works, or stands still: what is due comes late. */
  work = (ms: number): void => void (this.#worked += ms)

  stop(): void {
    vi.restoreAllMocks()
    vi.useRealTimers()
  }
}
