const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

const day = new Intl.DateTimeFormat('en', { day: 'numeric', month: 'short' })
const dayOfYear = new Intl.DateTimeFormat('en', { day: 'numeric', month: 'short', year: 'numeric' })
const clock = new Intl.DateTimeFormat('en', { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' })
const full = new Intl.DateTimeFormat('en', { dateStyle: 'full', timeStyle: 'short', hourCycle: 'h23' })

/** How long ago, as one would say it. A time ahead of this device's clock is “just now”. @param now ms */
export function ago(time: string, now: number): string {
  const then = Date.parse(time)
  const passed = now - then
  if (passed < MINUTE) return 'just now'
  if (passed < HOUR) return `${Math.floor(passed / MINUTE)} min ago`
  if (passed < DAY) return `${Math.floor(passed / HOUR)} h ago`
  const days = midnights(then, now)
  if (days <= 1) return 'yesterday'
  if (days < 7) return `${days} days ago`
  return (new Date(then).getFullYear() === new Date(now).getFullYear() ? day : dayOfYear).format(then)
}

/** “12:04”, by this device's clock. */
export function clockTime(ms: number): string {
  return clock.format(ms)
}

export function fullTime(time: string): string {
  return full.format(Date.parse(time))
}

function midnights(then: number, now: number): number {
  const startOf = (ms: number) => new Date(ms).setHours(0, 0, 0, 0)
  return Math.round((startOf(now) - startOf(then)) / DAY)
}
