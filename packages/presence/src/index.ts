export { MemoryPresenceStore, type MemoryPresenceStoreOptions } from './memory-presence-store.ts'
export * from './ports.ts'
