import { CloseCode } from '@rollcall/protocol'

/** Why we are away, which decides how soon to come back. */
export type Pace = 'dropped' | 'restarting' | 'overloaded'

/** The longest wait before each try in ms; the last one repeats. The wait is random below it, so that a crowd spreads. */
const CEILINGS: Record<Pace, readonly number[]> = {
  dropped: [500, 1_000, 2_000, 4_000, 8_000, 15_000],
  /** The server has spread its closings already, and keeps our place for a few seconds. */
  restarting: [1_000, 2_000, 2_000, 2_000, 4_000, 8_000, 15_000],
  overloaded: [4_000, 8_000, 15_000],
}

/** @param failures tries that failed already. @param random from 0 up to 1. @returns ms */
export function backOff(pace: Pace, failures: number, random: number): number {
  const ceilings = CEILINGS[pace]
  return Math.round(random * (ceilings[Math.min(failures, ceilings.length - 1)] ?? 0))
}

/** `undefined` where a code says nothing about it: a refused try does not end a restart. */
export function paceOf(code: number): Pace | undefined {
  switch (code) {
    case CloseCode.restarting:
      return 'restarting'
    case CloseCode.overloaded:
    case CloseCode.notOurProtocol:
    case CloseCode.messageTooLong:
      return 'overloaded'
    default:
      return undefined
  }
}
