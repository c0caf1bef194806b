import { defineConfig } from 'vitest/config'

/** A suffix says what a test needs: `.pg.`, `.redis.` and `.e2e.` tests fail loudly where it is missing. */
const services = ['**/*.pg.test.ts', '**/*.redis.test.ts']
const ignored = ['**/node_modules/**', '**/dist/**']

export default defineConfig({
  test: {
    testTimeout: 60_000,
    hookTimeout: 120_000,
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          include: ['{apps,packages}/**/*.test.{ts,tsx}', 'scripts/**/*.test.mjs'],
          exclude: [...ignored, ...services],
        },
      },
      { extends: true, test: { name: 'services', include: services, exclude: ignored } },
      { extends: true, test: { name: 'e2e', include: ['apps/**/*.e2e.ts'], exclude: ignored } },
    ],
  },
})
