// SPDX-License-Identifier: Apache-2.0
import { type Fault, fault } from '../../settings/layer.ts'
import type { Twig } from '../../settings/twig.ts'
import type { Written, WrittenTls } from './format.ts'
import { namesOf, VERSIONS } from './names.ts'

const SECTION = 'tls_server_config'

/** Finds what fits by itself and not together, and what is missing. */
export function contradictions(root: Twig, written: Written): Fault[] {
  const { tls_server_config: tls, rate_limit: rate } = written
  return [
    ...(tls && Object.keys(tls).length > 0
      ? [...missing(root), ...doubled(root), ...clientFaults(root, tls), ...orderFaults(root, tls)]
      : []),
    ...((rate?.interval ?? 0) > 0 && (rate?.burst ?? 0) < 1
      ? [
          fault(twigAt(root, 'rate_limit', 'burst').place, 'rate_limit.burst', 'none', {
            expected: 'a whole number from 1: without it every request is refused',
          }),
        ]
      : []),
  ]
}

/** Finds the value at a path, or what comes nearest above it. */
export function twigAt(root: Twig, ...path: readonly string[]): Twig {
  const [name, ...rest] = path
  const entry = root.entries()?.find((each) => each.name === name)
  return entry ? twigAt(entry.twig, ...rest) : root
}

function missing(root: Twig): Fault[] {
  return ['cert', 'key']
    .filter((name) => !isGiven(root, name) && !isGiven(root, `${name}_file`))
    .map((name) =>
      fault(twigAt(root, SECTION).place, `${SECTION}.${name}_file`, 'nothing', {
        expected: `${name}_file or ${name}`,
        remedy: `give the server's ${name === 'key' ? 'private key' : 'certificate'}`,
      }),
    )
}

function doubled(root: Twig): Fault[] {
  return ['cert', 'key', 'client_ca']
    .filter((name) => isGiven(root, name) && isGiven(root, `${name}_file`))
    .map((name) =>
      fault(twigAt(root, SECTION, name).place, `${SECTION}.${name}`, `${name} and ${name}_file`, {
        expected: 'one of the two',
        remedy: 'remove the other',
      }),
    )
}

function clientFaults(root: Twig, tls: WrittenTls): Fault[] {
  const policy = tls.client_auth_type ?? 'NoClientCert'
  const place = twigAt(root, SECTION, 'client_auth_type').place
  const path = `${SECTION}.client_auth_type`
  const faults: Fault[] = []
  if (policy === 'NoClientCert' && (tls.client_ca || tls.client_ca_file)) {
    faults.push(
      fault(place, path, policy, {
        expected: 'a policy that asks for certificates, since there is a client_ca',
        remedy: 'write RequireAndVerifyClientCert',
      }),
    )
  }
  const sans = twigAt(root, SECTION, 'client_allowed_sans')
  if (sans.items()?.length === 0) {
    faults.push(
      fault(sans.place, `${SECTION}.client_allowed_sans`, 'an empty list', {
        expected: 'at least one name',
        remedy: 'remove the key to let every certificate in that client_auth_type does',
      }),
    )
  }
  if ((tls.client_allowed_sans?.length ?? 0) > 0 && !/^Require/.test(policy)) {
    faults.push(
      fault(place, path, policy, {
        expected:
          'RequireAndVerifyClientCert or RequireAnyClientCert, since there are client_allowed_sans',
      }),
    )
  }
  return faults
}

function orderFaults(root: Twig, tls: WrittenTls): Fault[] {
  const order = namesOf(VERSIONS)
  const least = tls.min_version ?? 'TLS12'
  const most = tls.max_version ?? 'TLS13'
  if (order.indexOf(least) <= order.indexOf(most)) return []
  return [
    fault(twigAt(root, SECTION, 'max_version').place, `${SECTION}.max_version`, most, {
      expected: `${least} or later, since min_version is ${least}`,
    }),
  ]
}

function isGiven(root: Twig, name: string): boolean {
  const entries = twigAt(root, SECTION).entries()
  const value = entries?.find((each) => each.name === name)?.twig.value
  return value !== undefined && value !== null && value !== ''
}
