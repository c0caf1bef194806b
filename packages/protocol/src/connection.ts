import { z } from 'zod'

import { Counts, Id, Time, User } from './presence.ts'
import { PROTOCOL_VERSION } from './version.ts'

/** Whether this process hears the others; while `stale`, `since` is the last moment known to be right. */
export const Freshness = z.object({ state: z.enum(['live', 'stale']), since: Time })
export type Freshness = z.infer<typeof Freshness>

/** The first message on every connection. */
export const WelcomeMessage = z.object({
  type: z.literal('welcome'),
  protocol: z.literal(PROTOCOL_VERSION),
  connectionId: Id,
  user: User,
  heartbeatSeconds: z.number().positive(),
  counts: Counts,
  freshness: Freshness,
})
export type WelcomeMessage = z.infer<typeof WelcomeMessage>

export const FreshnessMessage = Freshness.extend({ type: z.literal('freshness') })
export type FreshnessMessage = z.infer<typeof FreshnessMessage>

/** Sent when nothing else was for `heartbeatSeconds`; twice that in silence means the connection is lost. */
export const HeartbeatMessage = z.object({ type: z.literal('heartbeat') })
export type HeartbeatMessage = z.infer<typeof HeartbeatMessage>

/** The last message was not understood: it changed nothing, and the connection stays open. */
export const ErrorMessage = z.object({
  type: z.literal('error'),
  code: z.enum(['bad_json', 'bad_message', 'unknown_type', 'binary']),
  message: z.string(),
})
export type ErrorMessage = z.infer<typeof ErrorMessage>
