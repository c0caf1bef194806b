import './connection-status.css'
import { useStore } from 'zustand'

import type { Link, Live } from '../platform/live.ts'

/** A first connection that is quick needs no words. */
const WORDS: Record<Link, string> = {
  starting: '',
  live: 'Live',
  reconnecting: 'Reconnecting…',
  offline: 'Offline',
  outdated: 'Offline',
}

/** How it stands with our own connection. */
export function ConnectionStatus({ live }: { live: Live }) {
  const link = useStore(live.store, (state) => state.link)
  return (
    <output className="link-status" data-link={link}>
      {WORDS[link]}
    </output>
  )
}
