// SPDX-License-Identifier: Apache-2.0
import { copyFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { connect } from 'node:tls'
import t, { type Test } from 'tap'
import { command } from '../support/command.ts'
import { makeCertificate } from './certificates.ts'
import { folder, type Started, started } from './started.ts'

const PAIR = '  cert_file: server.pem\n  key_file: server.key\n'

interface Secure extends Started {
  readonly at: string
  /** Writes the file anew. */
  configure(tls: string, more?: string): Promise<void>
  /** Asks for a path by curl; gives its exit code, the status, the version of HTTP and the certificate's subject. */
  curl(...args: readonly string[]): Promise<{ code: number | null; text: string }>
}

async function secure(t: Test, tls = '', more = ''): Promise<Secure> {
  const at = await folder(t)
  await makeCertificate(at, 'ca')
  await makeCertificate(at, 'server', { signer: 'ca' })
  const path = join(at, 'web.yml')
  const configure = (keys: string, rest = '') =>
    writeFile(path, `tls_server_config:\n${PAIR}${keys}${rest}`)
  await configure(tls, more)
  const running = await started(t, { configFile: path })
  const url = `https://localhost:${running.port}/metrics`
  const form = '%{http_code} %{http_version}'
  return {
    ...running,
    at,
    configure,
    async curl(...args) {
      const all = ['-sS', '-o', '/dev/null', '-w', form, '--cacert', join(at, 'ca.pem'), ...args]
      const { code, stdout } = await command('curl', [...all, url], { timeout: 10_000 })
      return { code, text: stdout }
    },
  }
}

function own(at: string, name: string): string[] {
  return ['--cert', join(at, `${name}.pem`), '--key', join(at, `${name}.key`)]
}

t.test('speaks TLS and HTTP/2, which curl chooses by itself', async (t) => {
  const { curl, port } = await secure(t)
  t.same(await curl('--http1.1'), { code: 0, text: '200 1.1' })
  t.same(await curl('--http2'), { code: 0, text: '200 2' })
  const plain = await command('curl', ['-sS', `http://localhost:${port}/metrics`])
  t.not(plain.code, 0, 'plain HTTP is not answered')
})

t.test('speaks HTTP/1.1 alone where HTTP/2 is off', async (t) => {
  const { curl } = await secure(t, '', 'http_server_config: { http2: false }\n')
  t.same(await curl('--http2'), { code: 0, text: '200 1.1' })
})

t.test('answers HTTP/2 as it answers HTTP/1.1', async (t) => {
  const { curl, port, at } = await secure(t)
  t.same(await curl('--http2', '--head'), { code: 0, text: '200 2' })
  t.same(await curl('--http2', '--request', 'PUT'), { code: 0, text: '405 2' })
  t.same(await curl('--http2', '--request', 'GET', '--data', 'x'.repeat(100_000)), {
    code: 0,
    text: '413 2',
  })
  t.same(await curl('--http2', '--header', 'Origin: https://foreign.example'), {
    code: 0,
    text: '403 2',
  })
  const long = await curl('--http2', '--header', `X-Long: ${'a'.repeat(100_000)}`)
  t.notMatch(long.text, /^200/)
  const url = `https://localhost:${port}`
  const both = [
    '-sS',
    '--http2',
    '--cacert',
    join(at, 'ca.pem'),
    `${url}/metrics`,
    `${url}/-/healthy`,
  ]
  t.equal((await command('curl', both)).stdout, 'metric 1\nok\n')
})

t.test('asks clients for certificates by each policy', async (t) => {
  const { curl, configure, at } = await secure(t)
  await makeCertificate(at, 'client', { signer: 'ca', san: 'DNS:client.example' })
  await makeCertificate(at, 'stranger')
  const asked = async (...args: string[]) => (await curl('--http1.1', ...args)).code === 0
  const table = async (policy: string, more = '  client_ca_file: ca.pem\n') => {
    await configure(`  client_auth_type: ${policy}\n${more}`)
    return [await asked(), await asked(...own(at, 'stranger')), await asked(...own(at, 'client'))]
  }
  t.same(await table('NoClientCert', ''), [true, true, true])
  t.same(await table('RequestClientCert'), [true, true, true])
  t.same(await table('RequireAnyClientCert'), [false, true, true])
  t.same(await table('RequireClientCert'), [false, true, true])
  t.same(await table('VerifyClientCertIfGiven'), [true, false, true])
  t.same(await table('RequireAndVerifyClientCert'), [false, false, true])
  t.same(await curl('--http2', ...own(at, 'client')), { code: 0, text: '200 2' })
})

t.test('lets in the alternative names that are allowed', async (t) => {
  const { curl, configure, at } = await secure(t)
  const sans = 'DNS:a.example,IP:2001:db8::1,email:u@example.org,URI:spiffe://a/b'
  await makeCertificate(at, 'client', { signer: 'ca', san: sans })
  const allowed = async (name: string): Promise<boolean> => {
    const policy = '  client_ca_file: ca.pem\n  client_auth_type: RequireAndVerifyClientCert\n'
    await configure(`${policy}  client_allowed_sans: [${name}]\n`)
    return (await curl('--http1.1', ...own(at, 'client'))).code === 0
  }
  for (const name of [
    'a.example',
    '"2001:db8:0::1"',
    'u@example.org',
    '"spiffe://a/b"',
    'x, a.example',
  ]) {
    t.equal(await allowed(name), true, name)
  }
  for (const name of ['client', 'b.example', '"*.example"', '"DNS:a.example"', 'spiffe']) {
    t.equal(await allowed(name), false, name)
  }
})

t.test('speaks no version or cipher suite that is ruled out', async (t) => {
  const { curl, configure } = await secure(t)
  const old = ['--ciphers', 'DEFAULT@SECLEVEL=0']
  const only = (version: string) => [`--tlsv${version}`, '--tls-max', version]
  const good = async (...args: string[]) => (await curl('--http1.1', ...args)).code === 0
  t.same(
    [await good(...only('1.1'), ...old), await good(...only('1.2')), await good(...only('1.3'))],
    [false, true, true],
  )
  await configure('  min_version: TLS13\n')
  t.same([await good(...only('1.2')), await good(...only('1.3'))], [false, true])
  await configure('  max_version: TLS12\n')
  t.same([await good(...only('1.2')), await good(...only('1.3'))], [true, false])
  await configure('  min_version: TLS10\n')
  t.same([await good(...only('1.0'), ...old), await good(...only('1.1'), ...old)], [true, true])
  await configure('  cipher_suites: [TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384]\n')
  t.equal(await good(...only('1.2'), '--ciphers', 'ECDHE-ECDSA-AES128-GCM-SHA256'), false)
  t.equal(await good(...only('1.2'), '--ciphers', 'ECDHE-ECDSA-AES256-GCM-SHA384'), true)
  t.equal(await good(...only('1.3')), true)
  await configure('  curve_preferences: [CurveP384]\n')
  t.equal(await good('--curves', 'P-256'), false)
  t.equal(await good('--curves', 'P-384'), true)
})

t.test('shows a renewed certificate to the next connection', async (t) => {
  const { at, port } = await secure(t)
  const serial = async (): Promise<string> => {
    const socket = connect({ port, host: '127.0.0.1', rejectUnauthorized: false })
    await new Promise((resolve, reject) =>
      socket.once('secureConnect', resolve).once('error', reject),
    )
    const { serialNumber } = socket.getPeerCertificate()
    socket.destroy()
    return serialNumber
  }
  const first = await serial()
  t.equal(await serial(), first)
  await makeCertificate(at, 'next', { signer: 'ca' })
  await copyFile(join(at, 'next.key'), join(at, 'server.key'))
  /* for a moment the two do not belong together */
  t.equal(await serial(), first)
  await copyFile(join(at, 'next.pem'), join(at, 'server.pem'))
  t.not(await serial(), first)
})

t.test('answers no request while the file is broken, over the TLS that held before', async (t) => {
  const { at, curl, lines, configure } = await secure(t)
  await writeFile(join(at, 'web.yml'), 'tls_server_config: [')
  for (let i = 0; i < 3; i++) t.same(await curl('--http1.1'), { code: 0, text: '500 1.1' })
  t.equal(lines.length, 1, 'one line for all of them')
  t.match(lines[0], /^no request is answered: .*web\.yml:1:\d+: YAML/)
  await configure('')
  t.same(await curl('--http1.1'), { code: 0, text: '200 1.1' })
})

t.test('goes from TLS to plain HTTP and back without a restart', async (t) => {
  const { at, curl, configure, port } = await secure(t)
  await writeFile(join(at, 'web.yml'), '')
  t.equal((await fetch(`http://127.0.0.1:${port}/metrics`)).status, 200)
  await configure('')
  t.same(await curl('--http1.1'), { code: 0, text: '200 1.1' })
})

t.test('drops a connection that never finishes its handshake', { timeout: 15_000 }, async (t) => {
  const { port } = await secure(t)
  const begin = performance.now()
  const { code } = await command('bash', [
    '-c',
    `exec 3<>/dev/tcp/127.0.0.1/${port}; head -c 1 <&3`,
  ])
  t.equal(code, 0)
  t.ok(performance.now() - begin < 7_000)
})
