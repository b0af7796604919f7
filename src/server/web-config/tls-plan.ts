// SPDX-License-Identifier: Apache-2.0
import { X509Certificate } from 'node:crypto'
import { createSecureContext, DEFAULT_CIPHERS, type TlsOptions } from 'node:tls'
import type { WrittenTls } from './format.ts'
import { type ClientPolicy, CURVES, SUITES, SUITES_13, VERSIONS } from './names.ts'

/** How connections are secured. */
export interface TlsPlan {
  readonly options: TlsOptions
  readonly policy: ClientPolicy
  /** Subject alternative names of which a client's certificate must have one; undefined: any. */
  readonly sans: readonly string[] | undefined
}

/** Certificates and key in PEM form. */
export interface Material {
  readonly cert: string
  readonly key: string
  readonly clientCa: string | undefined
}

/** Milliseconds for a handshake. */
const HANDSHAKE = 5_000

/** Makes the plan; throws where OpenSSL refuses the certificate or the key. */
export function tlsPlan(written: WrittenTls, material: Material, http2: boolean): TlsPlan {
  const policy = written.client_auth_type ?? 'NoClientCert'
  const curves = (written.curve_preferences ?? []).map((name) => CURVES[name])
  const ciphers = cipherList(written)
  const options: TlsOptions = {
    cert: material.cert,
    key: material.key,
    ...(material.clientCa !== undefined && { ca: material.clientCa }),
    minVersion: VERSIONS[written.min_version ?? 'TLS12'],
    maxVersion: VERSIONS[written.max_version ?? 'TLS13'],
    honorCipherOrder: written.prefer_server_cipher_suites ?? true,
    ...(ciphers && { ciphers }),
    ...(curves.length > 0 && { ecdhCurve: curves.join(':') }),
    requestCert: policy !== 'NoClientCert',
    rejectUnauthorized: policy === 'RequireAndVerifyClientCert',
    ALPNProtocols: http2 ? ['h2', 'http/1.1'] : ['http/1.1'],
    handshakeTimeout: HANDSHAKE,
  }
  createSecureContext(options)
  const sans = written.client_allowed_sans ?? []
  return { options, policy, sans: sans.length > 0 ? sans : undefined }
}

/** Counts the certificates in a text; throws when one of them cannot be read. */
export function certificatesIn(pem: string): number {
  const blocks = pem.match(/-----BEGIN CERTIFICATE-----.*?-----END CERTIFICATE-----/gs) ?? []
  return blocks.map((block) => new X509Certificate(block)).length
}

/* a list rules TLS 1.2 and older only, as in Go; these older versions need what OpenSSL calls level 0 */
function cipherList(written: WrittenTls): string | undefined {
  const isOld = written.min_version === 'TLS10' || written.min_version === 'TLS11'
  const named = (written.cipher_suites ?? []).map((name) => SUITES[name])
  const suites = named.length > 0 ? [...new Set([...named, ...SUITES_13])] : [DEFAULT_CIPHERS]
  if (isOld) return [...suites, '@SECLEVEL=0'].join(':')
  return named.length > 0 ? suites.join(':') : undefined
}
