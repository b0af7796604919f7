// SPDX-License-Identifier: Apache-2.0
import { type Fault, fault, type Layer, type Place, type Written } from './layer.ts'
import { keys } from './settings.ts'
import { nearest } from './suggest.ts'

export type Environment = Readonly<Record<string, string | undefined>>

const PREFIX = 'PKTSPOT_'

/** Variables that Kubernetes sets in every pod for a Service whose name begins with pktspot. */
const SERVICE_LINK =
  /^PKTSPOT(?:_[A-Z0-9_]+)?_(?:SERVICE_(?:HOST|PORT(?:_[A-Z0-9_]+)?)|PORT(?:_\d+_(?:TCP|UDP|SCTP)(?:_(?:PROTO|PORT|ADDR))?)?)$/

/** Variables of the test suite, which programs under test inherit. */
const OF_THE_TESTS = /^PKTSPOT_(?:CAPTURES|VECTORS|LABELLED|FUZZ_SECONDS|TEST_[A-Z0-9_]+)$/

/** Reads the `PKTSPOT_` variables; one that is set but empty counts as not set. */
export function environmentLayer(environment: Environment): Layer {
  const written: Written[] = []
  const faults: Fault[] = []
  for (const [name, value] of Object.entries(environment).sort(([a], [b]) => (a < b ? -1 : 1))) {
    if (!name.startsWith(PREFIX) || !value) continue
    const place: Place = { name, origin: name, order: 0 }
    const key = keys.find((each) => each.variable === name)
    if (key) written.push({ key, value, place })
    else if (!SERVICE_LINK.test(name) && !OF_THE_TESTS.test(name)) faults.push(unknown(place))
  }
  return { written, faults }
}

function unknown(place: Place): Fault {
  const variables = keys.flatMap(({ variable }) => variable ?? [])
  return fault(place, 'environment', 'an unknown variable', {
    expected: 'a variable of the settings',
    near: nearest(
      place.name.slice(PREFIX.length),
      variables.map((variable) => variable.slice(PREFIX.length)),
    )?.replace(/^/, PREFIX),
    remedy: 'correct or unset it',
  })
}
