import { z } from 'zod'

import { MAX_ROWS, MAX_WATCHED_USERS } from './limits.ts'
import { Id, UserPresence, Username } from './presence.ts'

/** Where a stretch begins: at or after a name, at a rank (0 is the first), or `null` at the very start. */
export const StretchStart = z.union([Username, z.int().nonnegative(), z.null()])
export type StretchStart = z.infer<typeof StretchStart>

/** A stretch of the online users in name order. */
export const Stretch = z.strictObject({ from: StretchStart, limit: z.int().min(1).max(MAX_ROWS) })
export type Stretch = z.infer<typeof Stretch>

const Ref = z.union([z.string().max(64), z.number()])

/** Every user's changes. */
export const WatchAll = z.strictObject({
  type: z.literal('watch'),
  ref: Ref.optional(),
  all: z.literal(true),
})

/** The named users, and a stretch of the online ones. */
export const WatchSome = z.strictObject({
  type: z.literal('watch'),
  ref: Ref.optional(),
  users: z.array(Id).max(MAX_WATCHED_USERS),
  online: Stretch.optional(),
})

/** Replaces the watch before it, and is answered by one snapshot for every scope that it names. */
export const Watch = z.union([WatchAll, WatchSome])
export type Watch = z.infer<typeof Watch>

export const Scope = z.enum(['all', 'users', 'online'])
export type Scope = z.infer<typeof Scope>

/** Names where the stretch begins and ends (`null`: where the list does), and how many are online before it. */
export const Window = z.object({
  from: Username.nullable(),
  to: Username.nullable(),
  before: z.int().nonnegative(),
})
export type Window = z.infer<typeof Window>

/** Part 0 begins a snapshot; at `complete`, whoever of the scope was not named is offline. */
export const SnapshotMessage = z.object({
  type: z.literal('snapshot'),
  scope: Scope,
  ref: Ref.optional(),
  part: z.int().nonnegative(),
  users: z.array(UserPresence),
  complete: z.boolean(),
  window: Window.optional(),
})
export type SnapshotMessage = z.infer<typeof SnapshotMessage>
