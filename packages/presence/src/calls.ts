import type {
  Batch,
  BatchAnswer,
  Beat,
  BeatAnswer,
  Epoch,
  Incarnation,
  LogAnswer,
  PresenceStore,
  ReleaseAnswer,
  SnapshotAnswer,
  StoreListener,
} from './ports.ts'

/** What a member wants done at the store. At most one call of a lane is under way at a time. */
export type Call =
  | { readonly lane: 'subscription'; readonly kind: 'subscribe' }
  | { readonly lane: 'life'; readonly kind: 'epoch' }
  | { readonly lane: 'life'; readonly kind: 'begin'; readonly lost: Epoch | null }
  | { readonly lane: 'life'; readonly kind: 'beat'; readonly beat: Beat }
  | {
      readonly lane: 'life'
      readonly kind: 'leave'
      readonly epoch: Epoch
      readonly incarnation: Incarnation
    }
  | { readonly lane: 'batch'; readonly kind: 'apply'; readonly batch: Batch }
  | {
      readonly lane: 'burial'
      readonly kind: 'release'
      readonly epoch: Epoch
      readonly incarnation: Incarnation
    }
  | { readonly lane: 'reading'; readonly kind: 'log'; readonly epoch: Epoch; readonly after: number }
  | { readonly lane: 'reading'; readonly kind: 'snapshot'; readonly epoch: Epoch }
  | { readonly lane: 'probe'; readonly kind: 'probe'; readonly token: string }

export type Lane = Call['lane']
export type CallOf<K extends Call['kind']> = Extract<Call, { kind: K }>

export type Answer =
  | { readonly kind: 'subscribe'; readonly call: CallOf<'subscribe'> }
  | { readonly kind: 'epoch'; readonly call: CallOf<'epoch'>; readonly answer: Epoch | null }
  | { readonly kind: 'begin'; readonly call: CallOf<'begin'>; readonly answer: Epoch }
  | { readonly kind: 'beat'; readonly call: CallOf<'beat'>; readonly answer: BeatAnswer }
  | { readonly kind: 'leave'; readonly call: CallOf<'leave'> }
  | { readonly kind: 'apply'; readonly call: CallOf<'apply'>; readonly answer: BatchAnswer }
  | { readonly kind: 'release'; readonly call: CallOf<'release'>; readonly answer: ReleaseAnswer }
  | { readonly kind: 'log'; readonly call: CallOf<'log'>; readonly answer: LogAnswer }
  | { readonly kind: 'snapshot'; readonly call: CallOf<'snapshot'>; readonly answer: SnapshotAnswer }
  | { readonly kind: 'probe'; readonly call: CallOf<'probe'> }

/** Makes one call. Rejects as the store does. */
export async function ask(store: PresenceStore, call: Call, listener: StoreListener): Promise<Answer> {
  switch (call.kind) {
    case 'subscribe':
      await store.subscribe(listener)
      return { kind: call.kind, call }
    case 'epoch':
      return { kind: call.kind, call, answer: await store.epoch() }
    case 'begin':
      return { kind: call.kind, call, answer: await store.begin(call.lost) }
    case 'beat':
      return { kind: call.kind, call, answer: await store.beat(call.beat) }
    case 'leave':
      await store.leave(call.epoch, call.incarnation)
      return { kind: call.kind, call }
    case 'apply':
      return { kind: call.kind, call, answer: await store.apply(call.batch) }
    case 'release':
      return { kind: call.kind, call, answer: await store.release(call.epoch, call.incarnation) }
    case 'log':
      return { kind: call.kind, call, answer: await store.log(call.epoch, call.after) }
    case 'snapshot':
      return { kind: call.kind, call, answer: await store.snapshot(call.epoch) }
    case 'probe':
      await store.probe(call.token)
      return { kind: call.kind, call }
  }
}
