import { Watch } from './watch.ts'

/** Everything a client may send. */
export const ClientMessage = Watch
export type ClientMessage = Watch
