import type { DirectoryNews } from '@rollcall/presence'

interface DirectoryRelayOptions {
  /** Makes the number of accounts contain these changes. */
  readonly settle: (changes: readonly DirectoryNews[]) => Promise<void>
  readonly tell: (changes: readonly DirectoryNews[]) => void
}

/** Accounts created and deleted, told in order once they are counted. What comes while that is asked goes together, next. */
export class DirectoryRelay {
  readonly #options: DirectoryRelayOptions
  #waiting: DirectoryNews[] = []
  #isBusy = false

  constructor(options: DirectoryRelayOptions) {
    this.#options = options
  }

  add(changes: readonly DirectoryNews[]): void {
    this.#waiting.push(...changes)
    if (!this.#isBusy) void this.#tellAll()
  }

  async #tellAll(): Promise<void> {
    this.#isBusy = true
    while (this.#waiting.length > 0) {
      const changes = this.#waiting
      this.#waiting = []
      // oxlint-disable-next-line no-await-in-loop
      await this.#options.settle(changes)
      this.#options.tell(changes)
    }
    this.#isBusy = false
  }
}
