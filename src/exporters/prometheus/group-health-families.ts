// SPDX-License-Identifier: Apache-2.0
import type { GroupHealth } from '../../groups/views.ts'
import type { Block, Family } from './family.ts'

const LABELS = ['interface', 'group']

interface Told {
  readonly name: string
  readonly type: Family['type']
  readonly help: string
  readonly value: (health: GroupHealth) => number | bigint
}

const TOLD: readonly Told[] = [
  {
    name: 'tracked_keys',
    type: 'gauge',
    help: 'Keys without a series that are tracked as candidates for one',
    value: ({ tracked }) => tracked,
  },
  {
    name: 'table_fill_ratio',
    type: 'gauge',
    help: 'Share of the room for candidates that is taken; NaN of a group whose keys are all known',
    value: ({ tracked, room }) => tracked / room,
  },
  {
    name: 'table_bytes',
    type: 'gauge',
    help: 'Memory of the tables of a group',
    value: ({ bytes }) => bytes,
  },
  {
    name: 'candidate_error_bound',
    type: 'gauge',
    help: "How much too high a candidate's ranked count may be at most",
    value: ({ error }) => error,
  },
  {
    name: 'exposed_keys',
    type: 'gauge',
    help: 'Keys that have series',
    value: ({ exposed }) => exposed,
  },
  {
    name: 'waiting_keys',
    type: 'gauge',
    help: 'Keys of the top that wait for a series to become free',
    value: ({ waiting }) => waiting,
  },
  {
    name: 'new_keys',
    type: 'counter',
    help: 'Keys that got series and had none before, as far as is remembered',
    value: ({ newKeys }) => newKeys,
  },
  {
    name: 'promotions',
    type: 'counter',
    help: 'Keys that got series',
    value: ({ promotions }) => promotions,
  },
  {
    name: 'demotions',
    type: 'counter',
    help: 'Keys whose series ended',
    value: ({ demotions }) => demotions,
  },
  {
    name: 'evictions',
    type: 'counter',
    help: 'Candidates that gave way to another key',
    value: ({ evictions }) => evictions,
  },
]

/** Gives the families that say how a group fares at one source. */
export function groupHealthBlocks(source: string, group: string): Block<GroupHealth>[] {
  return TOLD.map(({ name, type, help, value }) => ({
    family: { name: `pktspot_group_${name}`, type, help, labels: LABELS },
    series: [{ labels: { interface: source, group }, value }],
  }))
}
