import { describe } from 'vitest'

import { connection } from './suites/connection.ts'
import { forms } from './suites/forms.ts'
import { looks } from './suites/looks.ts'
import { settings } from './suites/settings.ts'
import { story } from './suites/story.ts'
import { Product } from './testing/product.ts'
import { useWorld } from './testing/world.ts'

const GRACE_MS = 3_000

// One product for all: starting it takes as long as many of these tests.
const world = useWorld(() => Product.start({ OFFLINE_GRACE_MS: String(GRACE_MS) }))

describe('people', () => {
  story(world, GRACE_MS)
})
describe('forms', () => {
  forms(world)
})
describe('settings', () => {
  settings(world)
})
describe('looks', () => {
  looks(world)
})
describe('the connection', () => {
  connection(world)
})
