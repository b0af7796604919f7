// SPDX-License-Identifier: Apache-2.0
import { VARTYPES } from '../../groups/vartype.ts'
import {
  boolean,
  byName,
  list,
  meaning,
  named,
  nullable,
  number,
  object,
  oneOf,
  type Schema,
  text,
  time,
  whole,
} from './schema.ts'

const AMOUNT = { value: meaning(nullable(number), 'By the vartype; a count a second for rates') }
const MORE = {
  sum: meaning(number, 'Count behind the value'),
  min: nullable(number),
  max: nullable(number),
  average: nullable(number),
}

/** What the API says of counter groups. */
export const groupSchemas: Readonly<Record<string, Schema>> = {
  Amount: object(AMOUNT, MORE),
  Key: object(
    {
      key: text,
      label: meaning(text, 'What the key is called; empty when nothing is known'),
      labels: meaning(byName(text), 'The fields of the key, as the metrics label them'),
      ...AMOUNT,
      exact: meaning(boolean, 'Whether the value is no estimate'),
    },
    MORE,
  ),
  Meter: object(
    {
      id: whole,
      name: text,
      description: text,
      vartype: oneOf(...VARTYPES.map(({ name }) => name)),
      units: text,
      total: nullable(named('Amount')),
      other: meaning(nullable(named('Amount')), 'The total less the keys of `top`'),
    },
    {
      top: meaning(list(named('Key')), 'Greatest first'),
      bottom: meaning(list(named('Key')), 'Least first'),
    },
  ),
  Group: object({
    interface: text,
    name: text,
    guid: text,
    description: text,
    bucket_seconds: number,
    key_labels: list(text),
    bucket: nullable(object({ start: time, seconds: number, full: boolean })),
    meters: list(named('Meter')),
  }),
}
