/** npm passes a signal on that the terminal has sent already: within this time two are one. */
const ONE_SIGNAL_MS = 1_000

/** SIGINT and SIGTERM of this process. Until somebody says how to stop, a signal just ends it, with exit code 0. */
export class Signals {
  #stop: (signal: NodeJS.Signals) => void = () => process.exit(0)
  #firstAt: number | undefined

  constructor() {
    process.on('SIGINT', (signal) => this.#take(signal))
    process.on('SIGTERM', (signal) => this.#take(signal))
  }

  /** Whether one has come. */
  get came(): boolean {
    return this.#firstAt !== undefined
  }

  /** What the first signal does from now on; one that comes more than a second later ends the process at once. */
  onStop(stop: (signal: NodeJS.Signals) => void): void {
    this.#stop = stop
  }

  #take(signal: NodeJS.Signals): void {
    const now = performance.now()
    if (this.#firstAt === undefined) {
      this.#firstAt = now
      this.#stop(signal)
    } else if (now - this.#firstAt > ONE_SIGNAL_MS) {
      process.exit(0)
    }
  }
}
