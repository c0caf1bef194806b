import type { PresenceChange } from '@rollcall/protocol'

/** Names to say before the rest becomes a number. */
const NAMED = 2

/** Who came and went since the last word about it: gathered, so that a listener is told seldom and briefly. */
export class Announcements {
  readonly #pending = new Map<string, PresenceChange>()

  add(change: PresenceChange): void {
    const before = this.#pending.get(change.id)
    // Whoever is back where he was needs no word.
    if (before !== undefined && before.status !== change.status) this.#pending.delete(change.id)
    else this.#pending.set(change.id, change)
  }

  /** One sentence for those who came, one for those who went; empty when there is nothing to say. */
  take(): string {
    const changes = [...this.#pending.values()]
    this.#pending.clear()
    const named = (status: PresenceChange['status']) =>
      changes.filter((change) => change.status === status).map(({ username }) => username)
    return [sentence(named('online'), 'came online'), sentence(named('offline'), 'went offline')]
      .filter((text) => text !== '')
      .join(' ')
  }
}

function sentence(names: string[], what: string): string {
  if (names.length === 0) return ''
  if (names.length <= NAMED) return `${names.join(' and ')} ${what}.`
  const others = names.length - 1
  return `${names[0]} and ${others} others ${what}.`
}
