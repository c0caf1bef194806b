/** The settings that promises are made of, ms. */
export interface Timing {
  readonly graceMs: number
  readonly leaseMs: number
  readonly heartbeatMs: number
}

export const DEFAULT_TIMING: Timing = { graceMs: 4_000, leaseMs: 6_000, heartbeatMs: 10_000 }

/** P12: when nothing changes any more, and Redis answers, all screens equal the truth within this. */
export function convergence({ graceMs, leaseMs, heartbeatMs }: Timing): number {
  return Math.max(leaseMs, 2 * heartbeatMs) + graceMs + 2_000
}

/** The same where connections were closed or a process died. */
export function convergenceAfterDeath({ graceMs, leaseMs }: Timing): number {
  return leaseMs + graceMs + 2_000
}
