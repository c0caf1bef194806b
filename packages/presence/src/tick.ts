import type { Person, UserId } from './ports.ts'
import type { Listed } from './sorted-people.ts'
import type { Told } from './told.ts'

/** Somebody who came or went on net, against what was told before. */
export interface NetChange extends Listed {
  readonly online: boolean
  /** Ms since 1970; for offline it is the new "last seen". */
  readonly at: number
}

/** An account was created or deleted. */
export interface AccountChange extends Person {
  readonly op: 'added' | 'removed'
}

/** A deleted account: it is told to who watches that user. */
export interface Removal extends AccountChange {
  /** The key of his name if he was told to be online, which he no longer is; else null. */
  readonly key: string | null
}

/** What a flush has to tell. */
export interface Net {
  readonly changes: readonly NetChange[]
  /** To who watches all, in order. */
  readonly accounts: readonly AccountChange[]
  /** To who watches one of these users only. */
  readonly removals: readonly Removal[]
}

/** What is, in contrast to what was told. */
export interface Truth {
  isOnline(id: UserId): boolean
  /** Of somebody online. */
  nameOf(id: UserId): string | undefined
  /** When he came or went, ms. */
  changedAt(id: UserId, online: boolean): number
}

/** So many are looked at in one flush, some 100 ms of work: the others wait for the next. */
const MOST_IN_A_FLUSH = 20_000

/** More than this is not to be told in turns, so that the backlog reaches back for all. */
const FEW = 1_000

/** Gathers who may have come or gone, and which accounts did; a flush finds what differs from what was told (P2, P14). */
export class Tick {
  readonly #dirty = new Set<UserId>()
  /** Removed accounts that are still connected: they are named no more. */
  readonly #lingering = new Set<UserId>()
  #accounts: AccountChange[] = []

  get isEmpty(): boolean {
    return this.#dirty.size === 0 && this.#accounts.length === 0
  }

  /** Users only, and not many. */
  get isSmall(): boolean {
    return this.#accounts.length === 0 && this.#dirty.size <= FEW
  }

  changed(ids: Iterable<UserId>): void {
    for (const id of ids) this.#dirty.add(id)
  }

  /** In the total order. */
  account(changes: Iterable<AccountChange>): void {
    for (const change of changes) this.#accounts.push(change)
  }

  /** Brings `told` up to the truth, and answers the net of what has changed. `isEmpty` says whether that is all. */
  flush(told: Told, truth: Truth): Net {
    const { accounts, removals } = this.#flushAccounts(told, truth)
    const changes: NetChange[] = []
    let left = MOST_IN_A_FLUSH
    for (const id of this.#dirty) {
      if (left-- === 0) break
      this.#dirty.delete(id)
      const online = truth.isOnline(id)
      if (this.#lingering.has(id)) {
        if (!online) this.#lingering.delete(id)
        continue
      }
      const change = online ? come(id, told, truth) : go(id, told, truth)
      if (change !== undefined) changes.push(change)
    }
    return { changes, accounts, removals }
  }

  #flushAccounts(told: Told, truth: Truth): Pick<Net, 'accounts' | 'removals'> {
    if (this.#accounts.length === 0) return { accounts: [], removals: [] }
    const removed = new Map<UserId, Removal>()
    const added = new Set<UserId>()
    for (const change of this.#accounts) {
      if (change.op === 'added') added.add(change.id)
      else if (!removed.has(change.id)) {
        const { id, name } = change
        removed.set(id, { op: 'removed', id, name, key: told.go(id)?.key ?? null })
        if (truth.isOnline(id)) this.#lingering.add(id)
      }
    }
    const accounts = this.#accounts.filter(({ op, id }) => {
      const removal = removed.get(id)
      // Created and deleted within a tick is nothing, unless he was seen online meanwhile.
      if (removal !== undefined && added.has(id)) return op === 'removed' && removal.key !== null
      return true
    })
    this.#accounts = []
    return { accounts, removals: [...removed.values()] }
  }
}

function come(id: UserId, told: Told, truth: Truth): NetChange | undefined {
  const name = truth.nameOf(id)
  if (name === undefined || told.get(id) !== undefined) return undefined
  const { key } = told.come({ id, name })
  return { id, name, key, online: true, at: truth.changedAt(id, true) }
}

function go(id: UserId, told: Told, truth: Truth): NetChange | undefined {
  const listed = told.go(id)
  if (listed === undefined) return undefined
  const { name, key } = listed
  return { id, name, key, online: false, at: truth.changedAt(id, false) }
}
