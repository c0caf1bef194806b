import swagger from '@fastify/swagger'
import type { FastifyInstance } from 'fastify'
import { jsonSchemaTransform, jsonSchemaTransformObject } from 'fastify-type-provider-zod'
import type { OpenAPIV3_1 } from 'openapi-types'

import { completeDocument } from './openapi-document.ts'
import { COOKIE } from './session-cookie.ts'

/** Describes the routes that are registered after it, from the schemas that validate them: `GET /api/openapi.json`. */
export async function registerOpenApi(app: FastifyInstance): Promise<void> {
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.1',
      info: {
        title: 'Rollcall',
        version: '1',
        description:
          'A live directory: people sign up, log in, and everyone sees who is online. Changes arrive on the websocket at `/api/ws`.',
      },
      tags: [
        { name: 'accounts', description: 'Sign up, log in, log out, password' },
        { name: 'devices', description: 'Where a user is logged in' },
        { name: 'directory', description: 'Everybody, and who is online' },
        { name: 'operations', description: 'For those who run it' },
      ],
      components: { securitySchemes: { session: { type: 'apiKey', in: 'cookie', name: COOKIE } } },
    },
    transform: (route) => {
      const { schema, url } = jsonSchemaTransform(route)
      // What has no name there is no operation: pages, assets, the websocket.
      return { schema: schema['operationId'] === undefined ? { ...schema, hide: true } : schema, url }
    },
    transformObject: jsonSchemaTransformObject,
  })
  let document: OpenAPIV3_1.Document | undefined
  app.get('/api/openapi.json', { schema: { hide: true } }, () => {
    document ??= completeDocument(JSON.stringify(app.swagger()))
    return document
  })
}
