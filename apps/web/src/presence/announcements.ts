import type { Screen } from '@rollcall/client'
import type { PresenceChange, ServerMessage, Status } from '@rollcall/protocol'

/** Names to say before the rest becomes a number. */
const NAMED = 2

/** Who came and went since the last word about it: gathered, so that a listener is told seldom and briefly. */
export class Announcements {
  readonly #screen: Screen
  readonly #me: string
  readonly #pending = new Map<string, PresenceChange>()

  constructor({ screen, me }: { screen: Screen; me: string }) {
    this.#screen = screen
    this.#me = me
  }

  get isEmpty(): boolean {
    return this.#pending.size === 0
  }

  /** A message that the screen has taken. Nothing is news while the list is being filled. */
  heard(message: ServerMessage): void {
    if (message.type !== 'presence' || !this.#screen.isSettled) return
    for (const change of message.changes) {
      if (change.id !== this.#me && this.#screen.turned.has(change.id)) this.#add(change)
    }
  }

  #add(change: PresenceChange): void {
    const before = this.#pending.get(change.id)
    // Whoever is back where he was needs no word.
    if (before !== undefined && before.status !== change.status) this.#pending.delete(change.id)
    else this.#pending.set(change.id, change)
  }

  #statusOf(id: string): Status {
    return this.#screen.user(id)?.status ?? 'offline'
  }

  /** One sentence for those who came, one for those who went; empty when there is nothing to say. */
  take(): string {
    // Not all was news to us: who is shown otherwise by now has turned unheard.
    const changes = [...this.#pending.values()].filter(({ id, status }) => this.#statusOf(id) === status)
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
