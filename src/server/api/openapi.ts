// SPDX-License-Identifier: Apache-2.0
import { schemas } from './openapi-schemas.ts'
import { list, named, number, object, oneOf, type Schema, text, time } from './schema.ts'

interface Parameter {
  readonly name: string
  readonly description: string
  readonly schema: Schema
}

interface Endpoint {
  readonly summary: string
  /** Name of the statistic or group in the path. */
  readonly name?: string
  readonly parameters?: readonly Parameter[]
  readonly answer: Schema
}

const INTERFACE = { name: 'interface', description: 'Only this interface', schema: text }
const WINDOW = { name: 'window', description: 'Only windows of so many seconds', schema: number }
const BUCKET = [
  INTERFACE,
  {
    name: 'bucket',
    description: 'The last one that ended, which is the default, or the running one',
    schema: oneOf('last', 'running'),
  },
  { name: 'order', description: 'One of the lists only', schema: oneOf('top', 'bottom') },
  { name: 'limit', description: 'Most keys of a list', schema: { type: 'number', minimum: 0 } },
]

const ENDPOINTS = {
  '/counters': {
    summary: 'Totals of every interface at this moment',
    parameters: [INTERFACE],
    answer: object({ counters: list(named('Counters')) }),
  },
  '/groups': {
    summary: 'Counter groups of every interface with the keys of a bucket',
    parameters: BUCKET,
    answer: object({ groups: list(named('Group')) }),
  },
  '/groups/{name}': {
    summary: 'One group of every interface',
    name: 'Name of the group',
    parameters: BUCKET,
    answer: object({ groups: list(named('Group')) }),
  },
  '/history': {
    summary: 'The last windows of every statistic, for charts',
    parameters: [
      INTERFACE,
      WINDOW,
      {
        name: 'since',
        description: 'Only windows after the one that began at this time',
        schema: time,
      },
    ],
    answer: object({ history: list(named('WindowHistory')) }),
  },
  '/interfaces': {
    summary: 'The interfaces',
    answer: object({ interfaces: list(named('Interface')) }),
  },
  '/openapi.json': { summary: 'This document', answer: { type: 'object' } },
  '/statistics': {
    summary: 'Every statistic of every interface and window length',
    parameters: [INTERFACE, WINDOW],
    answer: object({ statistics: list(named('Statistic')) }),
  },
  '/statistics/{name}': {
    summary: 'One statistic, with what its detector has learned',
    name: 'Name of the statistic',
    parameters: [
      INTERFACE,
      WINDOW,
      {
        name: 'value',
        description: 'Asks how probable a value at least this far out is',
        schema: number,
      },
      { name: 'quantile', description: 'Another name for value', schema: number },
      {
        name: 'probability',
        description: 'Asks which value is passed with this probability',
        schema: { type: 'number', exclusiveMinimum: 0, exclusiveMaximum: 1 },
      },
    ],
    answer: object({ statistics: list(named('StatisticDetail')) }),
  },
  '/status': {
    summary: 'What the program is, since when it runs, and how long its windows are',
    answer: named('Status'),
  },
} as const satisfies Readonly<Record<string, Endpoint>>

/** A path of the API below its root. */
export type ApiPath = keyof typeof ENDPOINTS

/** Describes the API by OpenAPI 3.1; addresses are relative to the document's own. */
export function openApi(version: string) {
  const endpoints: [string, Endpoint][] = Object.entries(ENDPOINTS)
  const paths = endpoints.map(([path, endpoint]) => [path, pathOf(endpoint)])
  return {
    openapi: '3.1.0',
    info: {
      title: 'pktspot',
      version,
      description: 'What a node counts and what its statistics say. Null stands for "not known".',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: '.' }],
    paths: Object.fromEntries(paths),
    components: { schemas },
  }
}

function pathOf({ summary, name, parameters = [], answer }: Endpoint) {
  const inPath = { name: 'name', in: 'path', required: true, description: name, schema: text }
  const inQuery = parameters.map((each) => ({ ...each, in: 'query', required: false }))
  const all = name === undefined ? inQuery : [inPath, ...inQuery]
  const failed = { description: 'Why not', content: content(named('Error')) }
  return {
    get: {
      summary,
      ...(all.length > 0 && { parameters: all }),
      responses: {
        200: { description: summary, content: content(answer) },
        400: failed,
        ...(name !== undefined && { 404: failed }),
      },
    },
  }
}

function content(schema: Schema) {
  return { 'application/json': { schema } }
}
