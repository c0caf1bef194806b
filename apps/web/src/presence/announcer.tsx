import { useEffect, useState } from 'react'

import type { Live } from '../platform/live.ts'
import { Announcements } from './announcements.ts'

const AT_MOST_EVERY_MS = 10_000
const GATHER_MS = 1_500

/** Says who came and went to those who cannot see it: politely, gathered, and never while the list is being filled. */
export function Announcer({ live, me }: { live: Live; me: string }) {
  const [text, setText] = useState('')
  useEffect(() => {
    const announcements = new Announcements({ screen: live.screen, me })
    let timer: ReturnType<typeof setTimeout> | undefined
    let saidAt = 0
    const say = () => {
      timer = undefined
      const news = announcements.take()
      if (news === '') return
      saidAt = Date.now()
      setText(news)
    }
    const stop = live.onMessage((message) => {
      announcements.heard(message)
      if (announcements.isEmpty) return
      timer ??= setTimeout(say, Math.max(GATHER_MS, saidAt + AT_MOST_EVERY_MS - Date.now()))
    })
    return () => {
      stop()
      clearTimeout(timer)
    }
  }, [live, me])
  return (
    <p className="visually-hidden" aria-live="polite">
      {text}
    </p>
  )
}
