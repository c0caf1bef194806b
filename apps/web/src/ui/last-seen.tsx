import { useNow } from './use-now.ts'
import { ago, fullTime } from './when.ts'

/** A time as words that stay true while one looks at them. */
export function LastSeen({ time }: { time: string }) {
  const now = useNow()
  return (
    <time dateTime={time} title={fullTime(time)}>
      {ago(time, now)}
    </time>
  )
}
