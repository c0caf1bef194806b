import { DevicesAnswer, Id } from '@rollcall/protocol'
import { z } from 'zod'

import type { App } from '../platform/http.ts'
import { problem } from '../platform/problem.ts'
import { endSession, signedIn } from '../platform/sessions.ts'
import type { AccountsDeps } from './accounts.ts'

/** The devices a user is logged in on. */
export function devicesRoutes(app: App, { sessions, presence, connections }: AccountsDeps): void {
  app.get(
    '/api/auth/sessions',
    {
      schema: {
        operationId: 'listSessions',
        tags: ['devices'],
        summary: 'The devices that are logged in',
        response: { 200: DevicesAnswer },
      },
    },
    async (request) => {
      const current = signedIn(request)
      const devices = await sessions.devicesOf(current.user.id)
      const counted = await connections.count(devices.map((device) => device.id))
      return {
        sessions: devices.map((device) => ({
          id: device.id,
          current: device.id === current.id,
          createdAt: device.createdAt.toISOString(),
          lastUsedAt: device.lastUsedAt.toISOString(),
          expiresAt: device.expiresAt.toISOString(),
          userAgent: device.userAgent,
          connections: counted === null ? null : (counted.get(device.id) ?? 0),
        })),
      }
    },
  )

  app.delete(
    '/api/auth/sessions/:id',
    {
      schema: {
        operationId: 'endSession',
        tags: ['devices'],
        summary: 'Log a device out',
        params: z.object({ id: Id }),
        response: { 204: z.null() },
      },
    },
    async (request, reply) => {
      const current = signedIn(request)
      const { id } = request.params
      if (id === current.id) await endSession(request, reply)
      else if (!(await sessions.endOf(current.user.id, id))) throw problem(404, 'You have no such device.')
      presence.endSession(current.user.id, id)
      return reply.code(204).send(null)
    },
  )

  app.delete(
    '/api/auth/sessions',
    {
      schema: {
        operationId: 'endOtherSessions',
        tags: ['devices'],
        summary: 'Log all other devices out',
        response: { 204: z.null() },
      },
    },
    async (request, reply) => {
      const current = signedIn(request)
      const ended = await sessions.endOthers(current.user.id, current.id)
      for (const id of ended) presence.endSession(current.user.id, id)
      return reply.code(204).send(null)
    },
  )
}
