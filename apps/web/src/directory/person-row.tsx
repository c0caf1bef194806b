import type { UserPresence } from '@rollcall/protocol'
import { memo } from 'react'

import { Avatar } from '../ui/avatar.tsx'
import { LastSeen } from '../ui/last-seen.tsx'

/** A person and the state; while the screen may be behind, nobody is claimed to be here now. */
export const PersonRow = memo(function PersonRow({
  user,
  isMe,
  isCertain,
}: {
  user: UserPresence
  isMe: boolean
  isCertain: boolean
}) {
  const isOnline = user.status === 'online'
  return (
    <>
      <span className="person-avatar">
        <Avatar id={user.id} username={user.username} />
        <span className="status-dot" data-on={isOnline && isCertain} />
      </span>
      <span className="person-words">
        <span className="person-name">
          <bdi>{user.username}</bdi>
          {isMe && <span className="person-me">you</span>}
        </span>
        <PersonStatus user={user} isCertain={isCertain} />
      </span>
    </>
  )
})

function PersonStatus({ user, isCertain }: { user: UserPresence; isCertain: boolean }) {
  if (user.status === 'online') {
    return (
      <span className="person-status" data-on={isCertain}>
        {isCertain ? 'Online' : 'Was online'}
      </span>
    )
  }
  return (
    <span className="person-status">
      Offline
      {user.lastSeenAt !== null && (
        <>
          {' · '}
          <LastSeen time={user.lastSeenAt} />
        </>
      )}
    </span>
  )
}
