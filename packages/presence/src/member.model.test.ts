import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { people, planned, SCRIPT_MS, scripts, troubles, type Script } from './testing/scripts.ts'
import { SimulatedWorld } from './testing/simulated-world.ts'

function faultsOf(script: Script): string[] {
  const world = new SimulatedWorld(script)
  world.run(SCRIPT_MS)
  if (world.faults.length === 0) return []
  return [...world.faults, 'what happened:', ...world.trace]
}

declare const process: { readonly env: Readonly<Record<string, string | undefined>> }

/** Scripts for each property. `MODEL_RUNS=20000` in the environment makes it a hunt. */
const numRuns = Number(process.env['MODEL_RUNS'] ?? 500)
/** A failure is made smaller for so long, then told. */
const parameters = { numRuns, interruptAfterTimeLimit: numRuns * 100 }
const TIMEOUT_MS = numRuns * 120

describe('the model: processes, a store and what breaks', () => {
  it(
    'P1 P2 P3 P8 nobody who returns in time is seen to leave, nobody stays who has left: planned stops and deaths',
    () => {
      fc.assert(
        fc.property(scripts(...people, ...planned), (script) => {
          expect(faultsOf(script)).toEqual([])
        }),
        parameters,
      )
    },
    TIMEOUT_MS,
  )

  it(
    'P5 P6 P7 P12 no wrong offline, no ghost, all screens equal the truth at the end: whatever breaks',
    () => {
      fc.assert(
        fc.property(scripts(...people, ...planned, ...troubles), (script) => {
          expect(faultsOf(script)).toEqual([])
        }),
        parameters,
      )
    },
    TIMEOUT_MS,
  )
})
