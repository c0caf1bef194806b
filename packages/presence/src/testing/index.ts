export { storeContract } from './store-contract.ts'
export type { TestedStore, TestedStoreOptions } from './store-world.ts'
