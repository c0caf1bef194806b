import { follow, Screen } from '@rollcall/client'

import type { EventLog } from './event-log.ts'
import { Tab, type TabOptions } from './tab.ts'

/** Who looks at everybody, and notes in the log all that is shown. */
export class Observer {
  readonly tab: Tab
  readonly screen = new Screen()
  readonly name: string
  readonly #log: EventLog
  readonly #shown = new Map<string, 'online' | 'offline'>()
  #told = ''

  constructor(name: string, options: TabOptions) {
    this.name = name
    this.#log = options.log
    this.tab = new Tab(options)
    this.#noteState()
    follow(this.tab.connection, this.screen, (ids) => {
      for (const id of ids) this.#noteShown(id)
      this.#noteState()
    })
    this.tab.connection.watch({ all: true })
  }

  /** Everybody that his screen shows online. */
  get online(): Set<string> {
    return new Set(Array.from(this.screen.everyoneOnline(), ({ id }) => id))
  }

  #noteShown(id: string): void {
    const status = this.screen.user(id)?.status ?? 'offline'
    if ((this.#shown.get(id) ?? 'offline') === status) return
    this.#shown.set(id, status)
    this.#log.add({ type: 'shown', observer: this.name, user: id, status })
  }

  #noteState(): void {
    const { process } = this.tab
    const { isSettled } = this.screen
    const state = `${process} ${isSettled}`
    if (state === this.#told) return
    this.#told = state
    this.#log.add({ type: 'observer', observer: this.name, process, isSettled })
  }
}
