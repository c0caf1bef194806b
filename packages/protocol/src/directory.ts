import { z } from 'zod'

import { Counts, Id, Username } from './presence.ts'

/** An account was created or deleted. `removed` implies offline, and the id is never named again. */
export const DirectoryChange = z.object({ op: z.enum(['added', 'removed']), id: Id, username: Username })
export type DirectoryChange = z.infer<typeof DirectoryChange>

/** Creations are told to who watches all, deletions to who watches that user. */
export const DirectoryMessage = z.object({
  type: z.literal('directory'),
  changes: z.array(DirectoryChange),
  counts: Counts,
})
export type DirectoryMessage = z.infer<typeof DirectoryMessage>
