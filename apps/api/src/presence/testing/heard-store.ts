import type { Entry, PresenceStore, StoreListener } from '@rollcall/presence'

import type { RedisLink } from '../../platform/redis.ts'

/** A store, its link, and what was heard from it. */
export class HeardStore {
  readonly store: PresenceStore
  readonly link: RedisLink
  readonly entries: Entry[] = []
  /** When the subscription stood, and when it did not. */
  readonly links: string[] = []
  readonly listener: StoreListener = {
    entry: (entry) => this.entries.push(entry),
    probe: () => {},
    subscribed: () => this.links.push('subscribed'),
    unsubscribed: () => this.links.push('unsubscribed'),
  }

  constructor(store: PresenceStore, link: RedisLink) {
    this.store = store
    this.link = link
  }

  async listen(): Promise<this> {
    await this.store.subscribe(this.listener)
    return this
  }
}
