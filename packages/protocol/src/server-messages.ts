import { z } from 'zod'

import { ErrorMessage, FreshnessMessage, HeartbeatMessage, WelcomeMessage } from './connection.ts'
import { DirectoryMessage } from './directory.ts'
import { CountsMessage, PresenceMessage } from './presence.ts'
import { SnapshotMessage } from './watch.ts'

/** Everything the server may send. */
export const ServerMessage = z.discriminatedUnion('type', [
  WelcomeMessage,
  SnapshotMessage,
  PresenceMessage,
  DirectoryMessage,
  CountsMessage,
  FreshnessMessage,
  HeartbeatMessage,
  ErrorMessage,
])
export type ServerMessage = z.infer<typeof ServerMessage>
