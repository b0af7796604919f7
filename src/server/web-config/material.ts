// SPDX-License-Identifier: Apache-2.0
import { dirname, resolve } from 'node:path'
import { PktspotError } from '../../errors.ts'
import { readSettingsFile } from '../../settings/file.ts'
import { fault } from '../../settings/layer.ts'
import type { Twig } from '../../settings/twig.ts'
import { twigAt } from './contradictions.ts'
import type { Written, WrittenTls } from './format.ts'
import { certificatesIn, type TlsPlan, tlsPlan } from './tls-plan.ts'

/** Reads the certificates and the key that a file holds or names; throws SETTINGS when they cannot be used. */
export async function planOf(
  { path, root, written }: { path: string; root: Twig; written: Written },
  tls: WrittenTls,
): Promise<TlsPlan> {
  const at = (name: string): Twig => twigAt(root, 'tls_server_config', name)
  const text = async (name: 'cert' | 'key' | 'client_ca'): Promise<string | undefined> => {
    const file = tls[`${name}_file`]
    if (!file) return tls[name] ?? undefined
    try {
      return (await readSettingsFile(resolve(dirname(path), file))).text
    } catch (error) {
      throw unusable(at(`${name}_file`), `${name}_file`, error)
    }
  }
  const nameOf = (name: 'cert' | 'client_ca') => (tls[name] ? name : (`${name}_file` as const))
  const [cert = '', key = '', clientCa] = [
    await text('cert'),
    await text('key'),
    await text('client_ca'),
  ]
  try {
    if (clientCa !== undefined && certificatesIn(clientCa) === 0) throw new Error('no certificate')
  } catch (error) {
    throw unusable(at(nameOf('client_ca')), nameOf('client_ca'), error)
  }
  try {
    return tlsPlan(tls, { cert, key, clientCa }, written.http_server_config?.http2 ?? true)
  } catch (error) {
    throw unusable(at(nameOf('cert')), nameOf('cert'), error)
  }
}

function unusable({ place }: Twig, name: string, error: unknown): PktspotError {
  const reason = error instanceof Error ? error.message : String(error)
  const { text } = fault(place, `tls_server_config.${name}`, `what cannot be used (${reason})`, {
    expected: 'files in PEM form that this program may read, the key being the certificate’s',
  })
  return new PktspotError('SETTINGS', `${place.name}: ${text}`, { cause: error })
}
