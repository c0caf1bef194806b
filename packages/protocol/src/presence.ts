import { z } from 'zod'

/** An opaque id: never parsed, never ordered. */
export const Id = z.string().min(1).max(64)

/** Characters, not code units, bound a name; 32 code points can be 64 units, and an old name may fold longer. */
export const Username = z.string().min(1).max(256)

/** A moment as ISO 8601 in UTC. */
export const Time = z.iso.datetime()

export const Status = z.enum(['online', 'offline'])
export type Status = z.infer<typeof Status>

export const User = z.object({ id: Id, username: Username }).meta({ id: 'User' })
export type User = z.infer<typeof User>

/** `lastSeenAt` is when the user was last online: `null` for never, and while online. */
export const UserPresence = z
  .object({ id: Id, username: Username, status: Status, lastSeenAt: Time.nullable() })
  .meta({ id: 'UserPresence' })
export type UserPresence = z.infer<typeof UserPresence>

/** Of the whole directory. */
export const Counts = z
  .object({ online: z.int().nonnegative(), total: z.int().nonnegative() })
  .meta({ id: 'Counts' })
export type Counts = z.infer<typeof Counts>

/** Somebody came or went at `at`, which for `offline` is the new `lastSeenAt`. */
export const PresenceChange = z.object({ id: Id, username: Username, status: Status, at: Time })
export type PresenceChange = z.infer<typeof PresenceChange>

/** Users who came or went: at most one entry a user, the latest. */
export const PresenceMessage = z.object({
  type: z.literal('presence'),
  changes: z.array(PresenceChange),
  counts: Counts,
})
export type PresenceMessage = z.infer<typeof PresenceMessage>

/** Sent alone at most every five seconds, to connections that got no counts otherwise. */
export const CountsMessage = Counts.extend({ type: z.literal('counts') }).meta({ id: 'CountsMessage' })
export type CountsMessage = z.infer<typeof CountsMessage>
