import { CloseCode } from '@rollcall/protocol'
import type { WelcomeMessage } from '@rollcall/protocol'

import { backOff, paceOf } from './back-off.ts'
import type { Pace } from './back-off.ts'

/** `session`: log in again. `protocol`: this client is too old or too new. `stopped`: by `stop()`, or not started yet. */
export type Ending = 'session' | 'protocol' | 'stopped'

/** `failures` counts the tries in a row that did not lead to a steady connection. Times are ms since 1970. */
export type ConnectionState =
  | { readonly kind: 'connecting'; readonly pace: Pace; readonly failures: number }
  | {
      readonly kind: 'live'
      readonly welcome: WelcomeMessage
      readonly since: number
      readonly failures: number
    }
  | { readonly kind: 'waiting'; readonly pace: Pace; readonly failures: number; readonly until: number }
  | { readonly kind: 'ended'; readonly reason: Ending }

export type ConnectionEvent =
  | { readonly type: 'started' | 'stopped' | 'due' | 'woken' | 'foreign-protocol' | 'session-ended' }
  | { readonly type: 'welcomed'; readonly welcome: WelcomeMessage; readonly at: number }
  | { readonly type: 'closed'; readonly code: number; readonly at: number; readonly random: number }

/** A connection that stood this long starts its back-off anew, so that one that breaks at once slows down. */
const STEADY_MS = 5_000

/** What becomes of a connection; the same state where an event means nothing to it. */
export function nextState(state: ConnectionState, event: ConnectionEvent): ConnectionState {
  switch (event.type) {
    case 'started':
      return state.kind === 'ended' ? { kind: 'connecting', pace: 'dropped', failures: 0 } : state
    case 'stopped':
      return state.kind === 'ended' ? state : { kind: 'ended', reason: 'stopped' }
    case 'foreign-protocol':
      return state.kind === 'ended' ? state : { kind: 'ended', reason: 'protocol' }
    case 'session-ended':
      return state.kind === 'ended' || state.kind === 'live' ? state : { kind: 'ended', reason: 'session' }
    case 'due':
    case 'woken':
      return state.kind === 'waiting'
        ? { kind: 'connecting', pace: state.pace, failures: state.failures }
        : state
    case 'welcomed':
      return state.kind === 'connecting'
        ? { kind: 'live', welcome: event.welcome, since: event.at, failures: state.failures }
        : state
    case 'closed':
      return afterClose(state, event)
  }
}

function afterClose(
  state: ConnectionState,
  event: Extract<ConnectionEvent, { type: 'closed' }>,
): ConnectionState {
  if (state.kind !== 'connecting' && state.kind !== 'live') return state
  if (event.code === CloseCode.sessionEnded) return { kind: 'ended', reason: 'session' }
  const told = paceOf(event.code)
  const pace = told ?? (state.kind === 'connecting' ? state.pace : 'dropped')
  const anew = told === 'restarting' || (state.kind === 'live' && event.at - state.since >= STEADY_MS)
  const failures = anew ? 0 : state.failures
  const until = event.at + backOff(pace, failures, event.random)
  return { kind: 'waiting', pace, failures: failures + 1, until }
}
