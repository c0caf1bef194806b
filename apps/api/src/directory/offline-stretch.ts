import type { Landing } from './landmarks.ts'
import type { OnlinePeople } from './online-people.ts'
import type { StoredUser, UsersRepository } from './users-repository.ts'

/** How many users one query brings at most. */
const IN_A_QUERY = 2000
/** How many users are read at most for one page: where nearly all are online a page may be short, and go on. */
const READ_AT_MOST = 10_000

interface OfflineStretch extends Landing {
  readonly part: string | null
  readonly limit: number
}

/** Users who are offline in name order, and the folded name behind which the list goes on. */
export async function offlineStretch(
  users: Pick<UsersRepository, 'stretch'>,
  online: OnlinePeople,
  { part, limit, ...landing }: OfflineStretch,
): Promise<{ users: StoredUser[]; next: string | null; total: number }> {
  const offline: StoredUser[] = []
  let { after, skip } = landing
  let step = Math.min(limit + 1 + skip + Math.min(online.size, 4), IN_A_QUERY)
  for (let read = 0; ;) {
    const some = await users.stretch({ part, after, skip: 0, limit: step })
    for (const user of some.users) {
      after = user.key
      if (online.isOnline(user.id) || skip-- > 0) continue
      if (offline.length === limit)
        return { users: offline, next: offline.at(-1)?.key ?? null, total: some.total }
      offline.push(user)
    }
    read += some.users.length
    if (some.users.length < step) return { users: offline, next: null, total: some.total }
    if (read >= READ_AT_MOST) return { users: offline, next: after, total: some.total }
    step = Math.min(step * 4, IN_A_QUERY)
  }
}
