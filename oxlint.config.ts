import { defineConfig } from 'oxlint'

/**
 * Imports run one way (ARCHITECTURE.md): an override replaces what the ones before it said about a rule, so that each folder below
 * states all it forbids. Tests may bring any tool, but stay inside their package's direction.
 */
type Pattern = { regex: string; message: string }

const forbid = (...patterns: Pattern[]): ['error', { patterns: Pattern[] }] => ['error', { patterns }]

const insides = {
  regex: '^@rollcall/[^/]+/src',
  message: 'Import a package by its name: its index is its door.',
}
const redis = { regex: '^ioredis(/|$)', message: 'Redis is spoken in platform/redis.ts and redis-*.ts only.' }
const sql = {
  regex: '^(kysely|pg|@electric-sql/.*)(/|$)',
  message: 'SQL is spoken in platform/, migrations/ and *-repository.ts only.',
}
const http = {
  regex: '^(fastify|@fastify/.*|fastify-.*)(/|$)',
  message: 'Fastify is spoken in *-route.ts, app.ts and platform/ only.',
}
const process = {
  regex: '/(app|server|main|run|compose)\\.ts$',
  message: 'What is composed does not import its composer.',
}

/** A feature does not know the other features: what it needs of them arrives as an option. */
const otherFeatures = (feature: string, all: string[]): Pattern => ({
  regex: `^\\.\\./(${all.filter((name) => name !== feature).join('|')})/`,
  message: 'Features do not import each other: app.ts composes them.',
})

const apiFeatures = ['accounts', 'directory', 'presence']
const webFeatures = ['accounts', 'directory', 'presence', 'settings']
const anyFeature = (features: string[]): Pattern => ({
  regex: `^(\\.\\./)+(${features.join('|')})/`,
  message: 'What features stand on does not import features.',
})

const tests = ['**/*.test.ts', '**/*.test.tsx', '**/testing/**']

export default defineConfig({
  plugins: [
    'eslint',
    'typescript',
    'unicorn',
    'oxc',
    'import',
    'promise',
    'node',
    'vitest',
    'react',
    'jsx-a11y',
  ],
  categories: { correctness: 'error', suspicious: 'error' },
  options: { typeAware: true },
  env: { builtin: true },
  ignorePatterns: ['**/dist/**', '**/node_modules/**'],
  rules: {
    'import/no-cycle': 'error',
    'import/no-default-export': 'error',
    'typescript/no-explicit-any': 'error',
    'typescript/no-non-null-assertion': 'error',
    'typescript/no-misused-promises': 'error',
    'typescript/no-unsafe-argument': 'error',
    'typescript/no-unsafe-assignment': 'error',
    'typescript/no-unsafe-call': 'error',
    'typescript/no-unsafe-member-access': 'error',
    'typescript/no-unsafe-return': 'error',
    'typescript/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
    'typescript/consistent-type-imports': 'error',
    'unicorn/filename-case': ['error', { case: 'kebabCase' }],
    'eslint/eqeqeq': ['error', 'always', { null: 'ignore' }],
    'eslint/prefer-const': 'error',
    'eslint/no-var': 'error',
    'eslint/no-console': 'error',
    'eslint/no-restricted-imports': forbid(insides),

    // Off, each for a reason.
    'react/react-in-jsx-scope': 'off', // the automatic JSX runtime
    'eslint/no-underscore-dangle': 'off', // Lua and SQL names
    'eslint/no-shadow': 'off', // short names in small closures read best
    'import/no-unassigned-import': ['error', { allow: ['**/*.css'] }],
    'import/no-named-as-default-member': 'off', // CommonJS packages have both
    'unicorn/consistent-function-scoping': 'off', // a helper may stand beside its one user
    'typescript/consistent-return': 'off', // tsc has noImplicitReturns
    'unicorn/require-post-message-target-origin': 'off', // workers have no origin
    'vitest/require-mock-type-parameters': 'off',
    'vitest/expect-expect': 'off', // contract suites expect in helpers
    'vitest/no-conditional-expect': 'off', // a discriminated union is narrowed first
    'vitest/no-standalone-expect': 'off',
    'vitest/require-to-throw-message': 'off',
    'vitest/valid-title': 'off', // titles come from tables
    'promise/always-return': 'off',
    'promise/no-callback-in-promise': 'off', // stores of sessions speak in callbacks
    'oxc/no-async-endpoint-handlers': 'off', // Fastify awaits them
  },
  overrides: [
    {
      files: ['packages/protocol/src/**'],
      rules: {
        'eslint/no-restricted-imports': forbid({
          regex: '^([^.z]|z[^o])',
          message: 'The wire stands on the schema library only.',
        }),
      },
    },
    {
      files: ['packages/presence/src/**'],
      rules: {
        'eslint/no-restricted-imports': forbid({ regex: '^[^.]', message: 'Presence depends on nothing.' }),
        'eslint/no-restricted-properties': [
          'error',
          { object: 'Date', property: 'now', message: '`now` is an argument.' },
          { object: 'Math', property: 'random', message: 'Random ids are arguments.' },
        ],
        'eslint/no-restricted-globals': [
          'error',
          'setTimeout',
          'setInterval',
          'setImmediate',
          'queueMicrotask',
        ],
      },
    },
    {
      files: ['packages/presence/src/**/*.test.ts', 'packages/presence/src/testing/**'],
      rules: {
        'eslint/no-restricted-imports': forbid({
          regex: '^(@|node:)',
          message: 'Presence is tested by itself, without IO.',
        }),
      },
    },
    {
      files: ['packages/client/src/**'],
      rules: {
        'eslint/no-restricted-imports': forbid(insides, {
          regex: '^([^.@]|@[^r]|@rollcall/[^p]|@rollcall/pre)',
          message: 'The client stands on the protocol only.',
        }),
      },
    },
    {
      files: ['packages/{protocol,client}/src/**/*.test.ts', 'packages/client/src/testing/**'],
      rules: {
        'eslint/no-restricted-imports': forbid(insides, {
          regex: '^@rollcall/(presence|api|web|lab)',
          message: 'Tests stay inside the direction of their package.',
        }),
      },
    },
    {
      files: ['apps/lab/src/**'],
      rules: {
        'eslint/no-console': 'off',
        'eslint/no-restricted-imports': forbid(insides, {
          regex: '^@rollcall/(web|presence)',
          message: 'lab → client, protocol.',
        }),
      },
    },

    {
      files: ['apps/web/src/**'],
      rules: {
        'eslint/no-restricted-imports': forbid(insides, {
          regex: '^(@rollcall/(api|presence|lab)|node:)',
          message: 'web → client → protocol.',
        }),
        'eslint/no-restricted-globals': [
          'error',
          { name: 'WebSocket', message: 'The only WebSocket is the one of @rollcall/client.' },
          { name: 'fetch', message: 'Requests leave through RollcallHttp of @rollcall/client.' },
        ],
      },
    },
    {
      files: ['apps/web/src/ui/**', 'apps/web/src/platform/**'],
      rules: { 'eslint/no-restricted-imports': forbid(insides, anyFeature(webFeatures)) },
    },
    ...webFeatures.map((feature) => ({
      files: [`apps/web/src/${feature}/**`],
      rules: {
        'eslint/no-restricted-imports': forbid(insides, otherFeatures(feature, webFeatures), {
          regex: '^(@rollcall/(api|presence|lab)|node:)|/(app|main)\\.tsx$',
          message: 'main → app → features → ui; web → client → protocol.',
        }),
      },
    })),

    {
      files: ['apps/api/src/**'],
      rules: {
        'eslint/no-restricted-imports': forbid(insides, redis, sql, http),
        'node/no-process-env': 'error',
      },
    },
    {
      files: ['apps/api/src/app.ts'],
      rules: { 'eslint/no-restricted-imports': forbid(insides, redis, sql) },
    },
    {
      files: ['apps/api/src/migrations/**'],
      rules: { 'eslint/no-restricted-imports': forbid(insides, redis, http) },
    },
    {
      files: ['apps/api/src/platform/**'],
      rules: { 'eslint/no-restricted-imports': forbid(insides, redis, process, anyFeature(apiFeatures)) },
    },
    {
      files: ['apps/api/src/platform/redis.ts', 'apps/api/src/platform/redis-*.ts'],
      rules: { 'eslint/no-restricted-imports': forbid(insides, sql, http, process, anyFeature(apiFeatures)) },
    },
    ...apiFeatures.flatMap((feature) => {
      const always = [insides, process, otherFeatures(feature, apiFeatures)]
      return [
        { files: [`apps/api/src/${feature}/**`], imports: [...always, redis, sql, http] },
        { files: [`apps/api/src/${feature}/*-route.ts`], imports: [...always, redis, sql] },
        { files: [`apps/api/src/${feature}/*-repository.ts`], imports: [...always, redis, http] },
        { files: [`apps/api/src/${feature}/redis-*.ts`], imports: [...always, sql, http] },
      ].map(({ files, imports }) => ({
        files,
        rules: { 'eslint/no-restricted-imports': forbid(...imports) },
      }))
    }),
    {
      files: ['apps/api/src/config.ts', 'apps/api/src/main.ts'],
      rules: { 'node/no-process-env': 'off' },
    },

    {
      files: ['apps/{api,web,lab}/**/*.{test,e2e}.{ts,tsx}', 'apps/*/src/**/testing/**', 'apps/web/e2e/**'],
      rules: {
        'eslint/no-restricted-imports': forbid(insides),
        'eslint/no-restricted-globals': 'off',
        'node/no-process-env': 'off',
      },
    },
    {
      files: [...tests, '**/*.e2e.ts', 'apps/web/e2e/**'],
      rules: {
        'typescript/no-non-null-assertion': 'off',
        'typescript/no-unsafe-argument': 'off',
        'typescript/no-unsafe-assignment': 'off',
        'typescript/no-unsafe-call': 'off',
        'typescript/no-unsafe-member-access': 'off',
        'typescript/no-unsafe-return': 'off',
        'typescript/no-unsafe-type-assertion': 'off',
      },
    },
    {
      files: ['**/*.config.ts', 'apps/api/src/migrations/**'],
      rules: { 'import/no-default-export': 'off' },
    },
    {
      files: ['scripts/**'],
      rules: {
        'eslint/no-console': 'off',
        'typescript/no-unsafe-argument': 'off',
        'typescript/no-unsafe-assignment': 'off',
        'typescript/no-unsafe-call': 'off',
        'typescript/no-unsafe-member-access': 'off',
        'typescript/no-unsafe-return': 'off',
      },
    },
  ],
})
