// SPDX-License-Identifier: Apache-2.0
import type { Latest } from '../../exporters/latest.ts'
import type { Groups } from '../../groups/runtime.ts'
import { type GroupList, groupList } from './group-json.ts'
import {
  numberOf,
  oneOf,
  type Parameters,
  readParameters,
  sourceOf,
  unknown,
} from './parameters.ts'
import { RequestError } from './request-error.ts'

const PARAMETERS = ['interface', 'bucket', 'order', 'limit']

/** Writes the groups of every interface with the keys of a bucket; of one group when a name is given, else 404. */
export function groupsText(latest: Latest, query: URLSearchParams, name?: string): string {
  const parameters = readParameters(query, PARAMETERS)
  const source = sourceOf(parameters, latest)
  const list = listOf(parameters)
  const watched = latest.groups
  const sources = watched?.sources() ?? []
  if (name !== undefined) refuseUnknown(sources, name)
  const groups = sources
    .filter((each) => each.source === (source ?? each.source))
    .flatMap((each) =>
      each
        .list()
        .filter((group) => group.name === (name ?? group.name))
        .map((group) => groupList(each, group, { list, labelOf: watched?.labeller(group) })),
    )
  return JSON.stringify({ groups })
}

function listOf(parameters: Parameters): GroupList {
  const bucket = oneOf(parameters, 'bucket', ['last', 'running'])
  const order = oneOf(parameters, 'order', ['top', 'bottom'])
  const limit = numberOf(parameters, 'limit') ?? Number.POSITIVE_INFINITY
  if (limit < 0 || (limit % 1 !== 0 && Number.isFinite(limit))) {
    throw new RequestError(400, `limit: ${limit} is no whole number from 0`)
  }
  return { running: bucket === 'running', order, limit }
}

function refuseUnknown(sources: readonly Groups[], name: string): void {
  const names = [...new Set(sources.flatMap((each) => each.list()).map((group) => group.name))]
  if (!names.includes(name)) throw new RequestError(404, unknown('group', name, names))
}
