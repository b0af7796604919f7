// SPDX-License-Identifier: Apache-2.0
import type { X509Certificate } from 'node:crypto'
import { isIP, SocketAddress } from 'node:net'
import type { TLSSocket } from 'node:tls'
import type { TlsPlan } from './tls-plan.ts'

/** Tells why a client is not let in after its handshake; undefined when it is. */
export function clientRefusal(
  socket: TLSSocket,
  { policy, sans }: Pick<TlsPlan, 'policy' | 'sans'>,
): string | undefined {
  const certificate = socket.getPeerX509Certificate()
  if (!certificate) return policy.startsWith('Require') ? 'no certificate' : undefined
  const isVerified = policy === 'VerifyClientCertIfGiven' || policy === 'RequireAndVerifyClientCert'
  if (isVerified && !socket.authorized) return String(socket.authorizationError)
  const given = sans && namesIn(certificate)
  if (!given || given.some((name) => sans.map(canonical).includes(name))) return undefined
  return 'none of client_allowed_sans in the certificate'
}

const NAME = /(?:^|, )(DNS|IP Address|email|URI|[^:,"]+):("(?:[^"\\]|\\.)*"|[^,"]*)/gy

/** Lists a certificate's alternative names; none when one of them cannot be told apart from the rest. */
export function namesIn({
  subjectAltName = '',
}: Pick<X509Certificate, 'subjectAltName'>): readonly string[] {
  const found = [...subjectAltName.matchAll(NAME)]
  if (found.map(([text]) => text).join('') !== subjectAltName) return []
  return found
    .filter(([, kind = '']) => ['DNS', 'IP Address', 'email', 'URI'].includes(kind))
    .map(([, , name = '']) => canonical(name.startsWith('"') ? String(JSON.parse(name)) : name))
}

/* one address of IPv6 can be written in many ways */
function canonical(name: string): string {
  return isIP(name) === 6 ? new SocketAddress({ address: name, family: 'ipv6' }).address : name
}
