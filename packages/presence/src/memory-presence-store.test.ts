import { MemoryPresenceStore } from './memory-presence-store.ts'
import { storeContract } from './testing/index.ts'

storeContract('memory', async (options) => {
  let now = 1_700_000_000_000
  let ids = 0
  const store = new MemoryPresenceStore({ now: () => now, newId: () => `epoch${++ids}`, ...options })
  return {
    client: async () => store.client(),
    lose: async () => store.lose(),
    advance: async (ms) => void (now += ms),
    close: async () => store.close(),
  }
})
