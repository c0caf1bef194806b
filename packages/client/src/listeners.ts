/** Who listens to which event. */
export class Listeners<Events> {
  readonly #all: { [K in keyof Events]?: Set<(value: Events[K]) => void> } = {}

  /** @returns to stop listening */
  on<K extends keyof Events>(event: K, listener: (value: Events[K]) => void): () => void {
    const listeners = this.#all[event] ?? new Set()
    this.#all[event] = listeners
    const own = (value: Events[K]) => listener(value)
    listeners.add(own)
    return () => listeners.delete(own)
  }

  tell<K extends keyof Events>(event: K, value: Events[K]): void {
    for (const listener of this.#all[event] ?? []) listener(value)
  }
}
