import fc from 'fast-check'

/** What may happen; numbers choose among what is there. */
export type Happening =
  | { readonly do: 'open'; readonly user: number; readonly session: number; readonly process: number }
  | { readonly do: 'drop' | 'reload' | 'logOut'; readonly connection: number; readonly process: number }
  | { readonly do: 'add' | 'remove'; readonly user: number; readonly process: number }
  | { readonly do: 'kill' | 'drain' | 'deafen'; readonly process: number }
  | { readonly do: 'start' | 'wipe' }
  | { readonly do: 'freeze' | 'cut' | 'unsubscribe'; readonly process: number; readonly ms: number }
  | { readonly do: 'lose'; readonly process: number; readonly ms: number; readonly share: number }
  | { readonly do: 'freezeStore' | 'storeAway'; readonly ms: number }

export interface Script {
  readonly seed: number
  readonly processes: number
  readonly happenings: readonly { readonly at: number; readonly what: Happening }[]
}

export const SCRIPT_MS = 30_000

const index = fc.nat(7)
const shortly = fc.integer({ min: 100, max: 15_000 })

export const people: fc.WeightedArbitrary<Happening>[] = [
  {
    weight: 10,
    arbitrary: fc.record({
      do: fc.constant('open' as const),
      user: fc.nat(5),
      session: fc.nat(1),
      process: index,
    }),
  },
  {
    weight: 10,
    arbitrary: fc.record({
      do: fc.constantFrom('drop' as const, 'reload' as const, 'logOut' as const),
      connection: index,
      process: index,
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constantFrom('add' as const, 'remove' as const),
      user: fc.nat(2),
      process: index,
    }),
  },
]

export const planned: fc.WeightedArbitrary<Happening>[] = [
  { weight: 1, arbitrary: fc.constant({ do: 'start' as const }) },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constantFrom('kill' as const, 'drain' as const), process: index }),
  },
]

export const troubles: fc.WeightedArbitrary<Happening>[] = [
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constantFrom('freeze' as const, 'cut' as const, 'unsubscribe' as const),
      process: index,
      ms: shortly,
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('lose' as const),
      process: index,
      ms: shortly,
      share: fc.constantFrom(0.02, 0.2),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('deafen' as const), process: index }) },
  { weight: 1, arbitrary: fc.constant({ do: 'wipe' as const }) },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constantFrom('freezeStore' as const, 'storeAway' as const),
      ms: shortly,
    }),
  },
]

export function scripts(...happenings: fc.WeightedArbitrary<Happening>[]): fc.Arbitrary<Script> {
  const happening = fc.record({ at: fc.nat(SCRIPT_MS), what: fc.oneof(...happenings) })
  return fc.record({
    seed: fc.nat(),
    processes: fc.integer({ min: 1, max: 3 }),
    happenings: fc.array(happening, { maxLength: 40, size: 'max' }),
  })
}
