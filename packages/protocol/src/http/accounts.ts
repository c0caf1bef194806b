import { z } from 'zod'

import { Id, Time, User } from '../presence.ts'

/** Rules beyond the shape (scripts, lengths in code points, common passwords) are the server's to name. */
export const Credentials = z
  .strictObject({ username: z.string(), password: z.string() })
  .meta({ id: 'Credentials' })
export type Credentials = z.infer<typeof Credentials>

export const UserAnswer = z.object({ user: User }).meta({ id: 'UserAnswer' })
export type UserAnswer = z.infer<typeof UserAnswer>

export const SessionAnswer = z
  .object({ user: User, session: z.object({ id: Id, createdAt: Time, expiresAt: Time }) })
  .meta({ id: 'SessionAnswer' })
export type SessionAnswer = z.infer<typeof SessionAnswer>

/** A device that is logged in. `connections` counts its websockets, `null` when a process did not answer. */
export const Device = z
  .object({
    id: Id,
    current: z.boolean(),
    createdAt: Time,
    lastUsedAt: Time,
    expiresAt: Time,
    userAgent: z.string().nullable(),
    connections: z.int().nonnegative().nullable(),
  })
  .meta({ id: 'Device' })
export type Device = z.infer<typeof Device>

export const DevicesAnswer = z.object({ sessions: z.array(Device) }).meta({ id: 'DevicesAnswer' })
export type DevicesAnswer = z.infer<typeof DevicesAnswer>

export const PasswordChange = z
  .strictObject({ currentPassword: z.string(), newPassword: z.string() })
  .meta({ id: 'PasswordChange' })
export type PasswordChange = z.infer<typeof PasswordChange>

export const AccountDeletion = z.strictObject({ password: z.string() }).meta({ id: 'AccountDeletion' })
export type AccountDeletion = z.infer<typeof AccountDeletion>
