import type { Cut, Twin } from './twin.ts'

const NO_COUNT: Cut = {
  file: 'packages/presence/src/membership.ts',
  from: 'if (!follower.miscounted || now < this.#countCheckAt) return',
  to: 'if (now > 0) return',
}

const NO_HINT: Cut = {
  file: 'packages/presence/src/membership.ts',
  from: 'follower.hint(answer.seq, answer.online, now)',
  to: '',
}

/** One table, however long it gets: its rows are alike. */
export const twins: readonly Twin[] = [
  {
    name: 'no-grace',
    without: 'P3: the grace of a connection that dropped',
    fault: 'moving',
    bites: /wrong offline/,
    cuts: [
      {
        file: 'packages/presence/src/connections.ts',
        from: 'session.due = now + this.graceMs',
        to: 'session.due = now',
      },
    ],
  },
  {
    name: 'no-burial',
    without: 'P6: the burial of a silent process',
    fault: 'kill-process',
    bites: /ghost|who are gone/,
    cuts: [
      {
        file: 'apps/api/src/presence/lua/beat.lua',
        from: 'if not settling then',
        to: 'if false then',
      },
    ],
  },
  {
    name: 'no-hand-over',
    without: 'P8: the hand-over of a process that stops',
    fault: 'rolling-restart',
    bites: /flicker|wrong offline/,
    cuts: [
      {
        file: 'packages/presence/src/member.ts',
        from: 'this.#connections.graceMs = Math.max(this.#options.graceMs, this.#options.leaseMs)',
        to: 'this.#connections.graceMs = 0',
      },
    ],
  },
  {
    name: 'no-settling',
    without: 'P7: the time in which a new epoch settles',
    fault: 'flushall',
    bites: /wrong offline/,
    cuts: [
      {
        file: 'apps/api/src/presence/lua/begin.lua',
        from: "'settling', at, 'at', at)",
        to: "'at', at)",
      },
    ],
  },
  {
    name: 'no-history',
    without:
      'P7: the notices that Redis has another history and numbers again what it had numbered, and the count',
    fault: 'forgetful-failover',
    bites: /ghost|missing|right again|wrong offline|who are/,
    cuts: [
      {
        file: 'apps/api/src/presence/lua/prelude.lua',
        from: 'if epoch[1] and epoch[2] == history then',
        to: 'if epoch[1] then',
      },
      {
        file: 'packages/presence/src/membership.ts',
        from: 'if (answer.seq < this.#beatSent.seq) {',
        to: 'if (answer.seq < 0) {',
      },
      {
        file: 'apps/api/src/presence/redis-presence-reads.ts',
        from: 'return next === page.seq + 1 ?',
        to: 'return next > page.seq ?',
      },
      NO_COUNT,
    ],
  },
  {
    name: 'no-stillness',
    without:
      'P7: the notice that Redis itself stood still, and the two beats until anybody is seen to go after an absence',
    fault: 'freeze-redis',
    bites: /wrong offline/,
    cuts: [
      {
        file: 'apps/api/src/presence/lua/prelude.lua',
        from: 'return at - last > leaseMs / 2 or at < last',
        to: 'return false',
      },
      {
        file: 'packages/presence/src/member.ts',
        from: 'const isAnswered = this.#link.calm && hasJoined && !isDoubting',
        to: 'const isAnswered = this.#link.up',
      },
    ],
  },
  {
    name: 'no-probe',
    without: 'P4: the probe that a process publishes to itself, and the look at how far the others are',
    fault: 'deaf-subscriber',
    bites: /right again|ghost|who are gone/,
    cuts: [
      {
        file: 'packages/presence/src/link.ts',
        from: 'if (now < this.#probeAt) return null',
        to: 'if (now > 0) return null',
      },
      NO_HINT,
    ],
  },
  {
    name: 'no-gap',
    without: 'P4: the notice that changes are missing',
    fault: 'cut-subscribers',
    bites: /right again|ghost|missing|who are/,
    cuts: [
      {
        file: 'packages/presence/src/follower.ts',
        from: 'else this.#behindSince ??= now',
        to: '',
      },
      {
        file: 'packages/presence/src/follower.ts',
        from: "if (this.#need === 'nothing') this.#need = 'log'",
        to: "if (this.#need === 'nothing' && !this.#complete) this.#need = 'log'",
      },
      NO_COUNT,
    ],
  },
  {
    name: 'no-missed-ping',
    without: 'the close of a connection that missed a ping',
    fault: 'half-open',
    bites: /ghost|who are gone/,
    cuts: [
      {
        file: 'apps/api/src/presence/heartbeat.ts',
        from: "this.#options.missed(socket, 'missed a ping')",
        to: 'void 0',
      },
    ],
  },
  {
    name: 'no-end-of-patience',
    without: 'P9: the close of a connection that does not drain',
    fault: 'slow-reader',
    bites: /offline|who are gone/,
    cuts: [
      {
        file: 'apps/api/src/presence/heartbeat.ts',
        from: "this.#options.missed(socket, 'did not take what was sent')",
        to: 'void 0',
      },
    ],
  },
  {
    name: 'no-recheck',
    without: 'P11: the re-check of all sessions',
    fault: 'lost-end-notice',
    bites: /closed|it is live/,
    cuts: [
      {
        file: 'apps/api/src/presence/session-recheck.ts',
        from: 'if (ended.length > 0 && !this.#isStopped) this.#options.found(ended)',
        to: '',
      },
    ],
  },
  {
    name: 'no-notice',
    without: 'P11: the notice to other processes that a session ended',
    fault: 'session-ended-elsewhere',
    bites: /closed/,
    cuts: [
      {
        file: 'packages/presence/src/member.ts',
        from: "this.#picture.say({ kind: 'ended', id: user, session })",
        to: 'void [user, session]',
      },
    ],
  },
  {
    name: 'no-doubt',
    without: 'P6: a buried process holds again only connections that have answered',
    fault: 'freeze-process',
    bites: /shown back who went/,
    cuts: [
      {
        file: 'packages/presence/src/membership.ts',
        from: 'if (this.isDoubting) connections.countOnlyAnswered()\n    this.#reincarnate()',
        to: 'this.#reincarnate()',
      },
    ],
  },
  {
    name: 'no-return',
    without: 'P6: the new incarnation of a process that finds itself buried',
    fault: 'cut-link',
    bites: /as offline who are there/,
    cuts: [
      {
        file: 'packages/presence/src/membership.ts',
        from: 'this.#reincarnate()\n    this.#options.missed()',
        to: 'this.#options.missed()',
      },
    ],
  },
  {
    name: 'no-memory',
    without: 'P7: a process that was only cut off still knows its sockets, and whose grace runs',
    fault: 'cut-link',
    bites: /wrong offline/,
    cuts: [
      {
        file: 'packages/presence/src/membership.ts',
        from: 'const wasCutOff = now - this.#store.now >= leaseMs',
        to: 'const wasCutOff = false',
      },
    ],
  },
  {
    name: 'no-mark',
    without: 'P6: the mark after which nothing counts that a buried incarnation sends',
    fault: 'mute-link',
    bites: /ghost|who are gone/,
    cuts: [
      {
        file: 'apps/api/src/presence/lua/apply.lua',
        from: "if not redis.call('ZSCORE', KEYS[2], incarnation) then return { 'buried' } end",
        to: '',
      },
    ],
  },
  {
    name: 'no-steady-clock',
    without: 'the steady clock by which leases, graces and beats are counted',
    fault: 'clock-jump',
    bites: /connected people shown|who are gone/,
    cuts: [
      {
        file: 'apps/api/src/presence/presence-node.ts',
        from: "import { newId } from '../platform/new-id.ts'",
        to: "import { newId } from '../platform/new-id.ts'\nconst performance = Date",
      },
      {
        file: 'apps/api/src/presence/gateway.ts',
        from: 'const now = () => performance.now()',
        to: 'const now = () => Date.now()',
      },
    ],
  },
  {
    name: 'no-unavailable',
    without: 'the notice that the database is away, and not a program at fault',
    fault: 'stop-postgres',
    bites: /the answer was 500/,
    cuts: [
      {
        file: 'apps/api/src/platform/database-error.ts',
        from: 'if (error instanceof DatabaseUnavailable || !isAway(error)) return error',
        to: 'if (error !== undefined) return error',
      },
      {
        file: 'apps/api/src/platform/postgres-pool.ts',
        from: 'if (this.#down !== undefined) throw this.#down',
        to: '',
      },
    ],
  },
  {
    name: 'no-error-handler',
    without: 'the handler for connections of the database that break while nobody uses them',
    fault: 'terminate-backends',
    bites: /is dead|nobody handled this|fetch failed/,
    cuts: [
      {
        file: 'apps/api/src/platform/postgres-pool.ts',
        from: "this.#pool.on('error', () => {})",
        to: '',
      },
    ],
  },
]
