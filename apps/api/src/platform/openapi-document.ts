import type { OpenAPIV3_1 } from 'openapi-types'

import { type ProblemStatus, titleOf } from './problem.ts'

/** Operations that want no session. */
const open = new Set(['signUp', 'logIn', 'logOut', 'isAlive', 'isReady'])
/** Operations that count failures or accounts. */
const limited = new Set(['signUp', 'logIn', 'changePassword', 'deleteAccount'])

/** Adds to each operation what it may answer besides success and whether it wants a session, and names each schema once. */
export function completeDocument(json: string): OpenAPIV3_1.Document {
  const document = parse(withoutDuplicates(json))
  for (const [path, item] of Object.entries(document.paths ?? {})) {
    for (const method of ['get', 'post', 'put', 'delete'] as const) {
      const operation = item?.[method]
      if (operation !== undefined) complete(operation, path)
    }
  }
  return document
}

/** One schema with an id comes as what goes in and as what comes out; here the two are the same. */
function withoutDuplicates(json: string): string {
  const merged = json.replaceAll(/(#\/components\/schemas\/\w+?)Input"/g, '$1"')
  const document = parse(merged)
  const schemas = document.components?.schemas ?? {}
  for (const name of Object.keys(schemas)) if (name.endsWith('Input')) delete schemas[name]
  return JSON.stringify(document)
}

/** Written by @fastify/swagger a moment ago. */
function parse(json: string): OpenAPIV3_1.Document {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion
  return JSON.parse(json) as OpenAPIV3_1.Document
}

function complete(operation: OpenAPIV3_1.OperationObject, path: string): void {
  const { operationId = '' } = operation
  if (!open.has(operationId)) operation.security = [{ session: [] }]
  const responses = operation.responses ?? {}
  for (const key of Object.keys(responses)) if (/^[45]xx$/i.test(key)) delete responses[key]
  if (responses['204'] !== undefined) responses['204'] = { description: 'Done' }
  for (const status of problemsOf(operation, path)) {
    responses[status] ??= {
      description: titleOf(status),
      content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
    }
  }
  operation.responses = responses
}

function problemsOf(operation: OpenAPIV3_1.OperationObject, path: string): ProblemStatus[] {
  if (!path.startsWith('/api/')) return []
  const { operationId = '' } = operation
  const hasBody = operation.requestBody !== undefined
  const all: [ProblemStatus, boolean][] = [
    [400, hasBody || operation.parameters !== undefined],
    [401, !open.has(operationId) || operationId === 'logIn'],
    [403, true],
    [404, path.includes('{')],
    [409, operationId === 'signUp'],
    [413, hasBody],
    [415, hasBody],
    [429, limited.has(operationId)],
    [503, true],
  ]
  return all.filter(([, may]) => may).map(([status]) => status)
}
