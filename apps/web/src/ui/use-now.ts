import { useSyncExternalStore } from 'react'

const STEP_MS = 30_000

const listeners = new Set<() => void>()
let now = Date.now()
let timer: ReturnType<typeof setInterval> | undefined

function step(): void {
  now = Date.now()
  for (const listener of listeners) listener()
}

/** A page that was hidden, or a device that slept, is right as soon as it is seen. */
function seen(): void {
  if (document.visibilityState === 'visible') step()
}

function subscribe(listener: () => void): () => void {
  if (listeners.size === 0) {
    now = Date.now()
    timer = setInterval(step, STEP_MS)
    document.addEventListener('visibilitychange', seen)
  }
  listeners.add(listener)
  return () => {
    listeners.delete(listener)
    if (listeners.size > 0) return
    clearInterval(timer)
    document.removeEventListener('visibilitychange', seen)
  }
}

/** The time in ms, anew every half minute: one timer for all who ask. */
export function useNow(): number {
  return useSyncExternalStore(subscribe, () => now)
}
