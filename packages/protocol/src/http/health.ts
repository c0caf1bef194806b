import { z } from 'zod'

/** Ready to serve; `degraded` still serves, `starting` and `draining` answer 503. */
export const Readiness = z
  .object({
    status: z.enum(['starting', 'ready', 'degraded', 'draining']),
    parts: z.object({ database: z.enum(['up', 'down']), redis: z.enum(['up', 'down', 'unused']) }),
  })
  .meta({ id: 'Readiness' })
export type Readiness = z.infer<typeof Readiness>
