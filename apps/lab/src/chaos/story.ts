import type { LoggedEvent } from './event-log.ts'

const BEFORE_MS = 20_000
const AFTER_MS = 2_000

/** What befell a user and the world around a moment, in one line: times are seconds from it. */
export function storyOf(events: readonly LoggedEvent[], user: string, at: number): string {
  return events
    .filter((event) => event.at >= at - BEFORE_MS && event.at <= at + AFTER_MS)
    .flatMap((event) => {
      const told = tell(event, user)
      return told === undefined ? [] : [`${((event.at - at) / 1_000).toFixed(2)} ${told}`]
    })
    .join(', ')
}

function tell(event: LoggedEvent, user: string): string | undefined {
  switch (event.type) {
    case 'connected':
      return event.user === user ? `connected to ${event.process} (${event.connection})` : undefined
    case 'disconnected':
      return event.user === user ? `disconnected (${event.connection})` : undefined
    case 'ending':
      return event.user === user ? 'sessions end' : undefined
    case 'shown':
      return event.user === user ? `${event.status} ${event.observer}` : undefined
    case 'process':
      return `process ${event.process} ${event.state}`
    case 'redis':
      return `Redis ${event.state}`
    case 'lag':
      return event.ms > 500 ? `lag ${Math.round(event.ms)} ms` : undefined
    case 'observer':
      return undefined
  }
}
