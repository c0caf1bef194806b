import { useStore } from 'zustand'

import type { Live } from '../platform/live.ts'

/** The server has moved on to a protocol that this page does not speak. */
export function OutdatedNotice({ live }: { live: Live }) {
  const link = useStore(live.store, (state) => state.link)
  if (link !== 'outdated') return null
  return (
    <div className="notice notice-row">
      <p>Rollcall was updated. This page is from before.</p>
      <button type="button" className="button button-small" onClick={() => location.reload()}>
        Load again
      </button>
    </div>
  )
}
