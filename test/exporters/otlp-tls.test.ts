// SPDX-License-Identifier: Apache-2.0
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import { receiveGrpc, receiveHttp } from '../support/otlp-receiver.ts'
import { exporter, PROTOCOLS, to, until } from './otlp-sender.ts'

t.test('TLS: with the authority of the variables, and not without', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'pktspot-'))
  t.teardown(() => rmSync(folder, { recursive: true }))
  const { server, client, authority } = certificates(folder)
  for (const protocol of PROTOCOLS) {
    await using receiver = await (protocol === 'grpc'
      ? receiveGrpc({ tls: { ...server, client: true } })
      : receiveHttp({ tls: { ...server, requestCert: true, rejectUnauthorized: true } }))
    const secure = {
      ...to(receiver, protocol),
      EXPORTER_OTLP_ENDPOINT: `https://localhost:${receiver.port}`,
    }
    const known = { ...secure, EXPORTER_OTLP_CERTIFICATE: authority }
    const [certificate, key] = client
    const whole = {
      ...known,
      EXPORTER_OTLP_CLIENT_CERTIFICATE: certificate,
      EXPORTER_OTLP_CLIENT_KEY: key,
    }
    for (const variables of [secure, known]) {
      await using sender = exporter({ ...variables, EXPORTER_OTLP_TIMEOUT: 200 })
      await until(t, () => sender.standing().failures > 0)
      t.equal(receiver.received.length, 0, `${sender.lines[0]}`)
    }
    await using _ = exporter(whole)
    t.ok((await receiver.next(0)).points.length > 0, protocol)
  }
})

/** Makes an authority, and with it a certificate of localhost and one of a client. */
function certificates(folder: string) {
  const at = (name: string): string => join(folder, name)
  const openssl = (...args: readonly string[]): void => {
    const { status, stderr } = spawnSync('openssl', args, { encoding: 'utf8' })
    if (status !== 0) throw new Error(stderr)
  }
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2']
  const made = (name: string): string[] => ['-keyout', at(`${name}.key`), '-out', at(`${name}.pem`)]
  openssl('req', '-x509', ...key, '-subj', '/CN=authority', ...made('ca'))
  for (const name of ['server', 'client']) {
    const signed = ['-CA', at('ca.pem'), '-CAkey', at('ca.key'), '-addext']
    const subject = ['-subj', `/CN=${name}`, ...signed, 'subjectAltName=DNS:localhost']
    openssl('req', '-x509', ...key, ...subject, ...made(name))
  }
  const read = (name: string): Buffer => readFileSync(at(name))
  return {
    server: { ca: read('ca.pem'), cert: read('server.pem'), key: read('server.key') },
    client: [at('client.pem'), at('client.key')] as const,
    authority: at('ca.pem'),
  }
}
