import type { Notice, UserId } from './ports.ts'

const KEPT_MS = 5 * 60_000
const MOST_KEPT = 200_000
const MOST_NOTICES = 20_000

/** When users came or went in the last minutes, in store time: laid over what the database knows. */
export class RecentChanges {
  /** In the order of the changes. */
  readonly #changes = new Map<UserId, { at: number; online: boolean }>()

  set(id: UserId, online: boolean, at: number): void {
    this.#changes.delete(id)
    this.#changes.set(id, { at, online })
    for (const [oldest, change] of this.#changes) {
      if (change.at > at - KEPT_MS && this.#changes.size <= MOST_KEPT) break
      this.#changes.delete(oldest)
    }
  }

  forget(id: UserId): void {
    this.#changes.delete(id)
  }

  at(id: UserId): number | undefined {
    return this.#changes.get(id)?.at
  }

  offlineAt(id: UserId): number | undefined {
    const change = this.#changes.get(id)
    return change?.online === false ? change.at : undefined
  }
}

/** Lets each notice through once: a notice whose fate was unknown is said again, and a removed account is never named again. */
export class NoticeFilter {
  readonly #seen = new Set<string>()

  isNew(notice: Notice): boolean {
    const key = keyOf(notice)
    if (this.#seen.has(key) || (notice.kind === 'added' && this.isRemoved(notice.id))) return false
    this.#seen.add(key)
    if (this.#seen.size > MOST_NOTICES) for (const oldest of this.#seen) return this.#seen.delete(oldest)
    return true
  }

  isRemoved(id: UserId): boolean {
    return this.#seen.has(`removed ${id}`)
  }
}

function keyOf(notice: Notice): string {
  return notice.kind === 'ended' ? `ended ${notice.session}` : `${notice.kind} ${notice.id}`
}
