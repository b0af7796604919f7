// SPDX-License-Identifier: Apache-2.0
import { readFile, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import { checkWebConfig, keepWebConfig } from '../../src/server/web-config/kept.ts'
import { SUITES } from '../../src/server/web-config/names.ts'
import { makeCertificate } from './certificates.ts'
import { folder } from './started.ts'

const HASH = '$2y$10$X0h1gDsPszWURQaxFh.zoubFi6DXncSjhoQNJgRrnGs7EsimhC7zG'
const PAIR = 'cert_file: server.pem, key_file: server.key'
const CA = 'client_ca_file: ca.pem'
const VERIFY = 'client_auth_type: RequireAndVerifyClientCert'

/** Wraps keys of one section. */
const tls = (...keys: string[]): string => `tls_server_config: { ${keys.join(', ')} }`
const http = (keys: string): string => `http_server_config: { ${keys} }`
const header = (line: string): string => http(`headers: { ${line} }`)

const GOOD: Readonly<Record<string, string>> = {
  'an empty file': '',
  'a comment': '# nothing yet\n',
  'sections that are commented out':
    'tls_server_config:\nhttp_server_config:\nbasic_auth_users:\nrate_limit:\n',
  'a certificate and a key': tls(PAIR),
  'blank keys': tls(PAIR, 'client_ca_file: ""', 'client_auth_type:', 'min_version: ""'),
  'JSON, which is YAML':
    '{"tls_server_config": {"cert_file": "server.pem", "key_file": "server.key"}}',
  'an absolute path': tls('cert_file: FOLDER/server.pem', 'key_file: FOLDER/server.key'),
  'every version': tls(PAIR, 'min_version: TLS10', 'max_version: TLS13'),
  'TLS 1.3 alone': tls(PAIR, 'min_version: TLS13'),
  'one version twice': tls(PAIR, 'min_version: TLS12', 'max_version: TLS12'),
  'every cipher suite': tls(PAIR, `cipher_suites: [${Object.keys(SUITES).join(', ')}]`),
  'suites of TLS 1.3 alone': tls(PAIR, 'cipher_suites: [TLS_AES_128_GCM_SHA256]'),
  'the client chooses': tls(PAIR, 'prefer_server_cipher_suites: false'),
  'every curve': tls(PAIR, 'curve_preferences: [CurveP256, CurveP384, CurveP521, X25519]'),
  'no client certificate': tls(PAIR, 'client_auth_type: NoClientCert'),
  'a client certificate asked for': tls(PAIR, 'client_auth_type: RequestClientCert'),
  'any client certificate': tls(PAIR, 'client_auth_type: RequireAnyClientCert'),
  'the same by its old name': tls(PAIR, 'client_auth_type: RequireClientCert'),
  'a client certificate if given': tls(PAIR, CA, 'client_auth_type: VerifyClientCertIfGiven'),
  'a verified client certificate': tls(PAIR, CA, VERIFY),
  'names of clients': tls(PAIR, CA, VERIFY, 'client_allowed_sans: [a.example, 192.0.2.1, u@e.org]'),
  'no HTTP/2': `${tls(PAIR)}\n${http('http2: false')}`,
  'HTTP/2 without TLS, where it has no effect': http('http2: true'),
  'every header': header(
    'Content-Security-Policy: "frame-ancestors \'none\'", X-Frame-Options: deny, X-Content-Type-Options: nosniff, X-XSS-Protection: "1; mode=block", Strict-Transport-Security: max-age=31536000',
  ),
  'a frame of the same origin': header('X-Frame-Options: sameorigin'),
  'blank headers': header('X-Frame-Options: "", Content-Security-Policy:'),
  users: `basic_auth_users:\n  alice: ${HASH}\n  bob: ${HASH.replace('2y', '2b')}\n`,
  'a user whose name is a number': `basic_auth_users: { 17: ${HASH} }`,
  'hashes of the least and the highest cost': `basic_auth_users: { a: ${HASH.replace('$10', '$04')}, b: ${HASH.replace('$10', '$31')} }`,
  'a rate': 'rate_limit: { interval: 1s, burst: 20 }',
  'a rate of many units': 'rate_limit: { interval: 1m30.5s, burst: 1 }',
  'a rate that is off': 'rate_limit: { interval: 0 }',
  anchors: `basic_auth_users: { a: &h "${HASH}", b: *h }`,
}

/** What is wrong, and what the message begins with after the file's name. */
const BAD: Readonly<Record<string, readonly [text: string, message: RegExp]>> = {
  'no YAML': ['tls_server_config: [', /^1:\d+: YAML: /],
  'a list': ['- a', /^1:1: web_config: got \[ 'a' \]; expected a mapping with tls_server_config/],
  'an unknown section': [
    'tls_server_conf: {}',
    /^1:1: tls_server_conf: got an unknown key; .*did you mean tls_server_config\?/,
  ],
  'an unknown key': [
    tls('cert_files: server.pem', 'key_file: server.key'),
    /^1:22: tls_server_config\.cert_files: got an unknown key; .*did you mean cert_file\?/,
  ],
  'a key twice': ['rate_limit: {}\nrate_limit: {}', /^2:1: YAML: this key was given before/],
  'two documents': [
    'rate_limit: {}\n---\nrate_limit: {}',
    /^2:1: YAML: a second document begins here/,
  ],
  'a section that is text': [
    'tls_server_config: server.pem',
    /^1:20: tls_server_config: got .*; expected a mapping/,
  ],
  'no key': [tls('cert_file: server.pem'), /^1:20: tls_server_config\.key_file: got nothing/],
  'no certificate': [
    tls('key_file: server.key'),
    /^1:20: tls_server_config\.cert_file: got nothing/,
  ],
  'options of TLS without a certificate': [
    tls('min_version: TLS13'),
    /^1:20: tls_server_config\.cert_file: got nothing/,
  ],
  'a certificate that is not there': [
    tls('cert_file: none.pem', 'key_file: server.key'),
    /^1:33: tls_server_config\.cert_file: got what cannot be used \(.*ENOENT/,
  ],
  'a key that is not there': [
    tls('cert_file: server.pem', 'key_file: none.key'),
    /^1:55: tls_server_config\.key_file: got what cannot be used \(.*ENOENT/,
  ],
  'a certificate that is none': [
    tls('cert_file: junk.pem', 'key_file: server.key'),
    /^1:33: tls_server_config\.cert_file: got what cannot be used/,
  ],
  'the key of another certificate': [
    tls('cert_file: server.pem', 'key_file: ca.key'),
    /^1:33: tls_server_config\.cert_file: got what cannot be used \(.*mismatch/,
  ],
  'a certificate in two ways': [
    tls(PAIR, 'cert: "-----BEGIN CERTIFICATE-----"'),
    /^1:\d+: tls_server_config\.cert: got cert and cert_file; expected one of the two/,
  ],
  'an inline certificate that is none': [
    tls('cert: hello', 'key_file: server.key'),
    /^1:28: tls_server_config\.cert: got something else \(not shown\); expected text in PEM form/,
  ],
  'an unknown policy': [
    tls(PAIR, 'client_auth_type: RequireAndVerifyClientCerts'),
    /^1:\d+: tls_server_config\.client_auth_type: .*did you mean RequireAndVerifyClientCert\?/,
  ],
  'a client CA without a policy': [
    tls(PAIR, CA),
    /^1:20: tls_server_config\.client_auth_type: got NoClientCert; expected a policy that asks/,
  ],
  'a client CA with the policy to ask nobody': [
    tls(PAIR, CA, 'client_auth_type: NoClientCert'),
    /^1:\d+: tls_server_config\.client_auth_type: got NoClientCert/,
  ],
  'a client CA that is none': [
    tls(PAIR, 'client_ca_file: junk.pem', VERIFY),
    /^1:\d+: tls_server_config\.client_ca_file: got what cannot be used \(no certificate\)/,
  ],
  'a client CA that is not there': [
    tls(PAIR, 'client_ca_file: none.pem', VERIFY),
    /^1:\d+: tls_server_config\.client_ca_file: .*ENOENT/,
  ],
  'names of clients that need not have one': [
    tls(PAIR, CA, 'client_auth_type: VerifyClientCertIfGiven', 'client_allowed_sans: [a]'),
    /^1:\d+: tls_server_config\.client_auth_type: got VerifyClientCertIfGiven; expected RequireAndVerify/,
  ],
  'names of clients without a policy': [
    tls(PAIR, 'client_allowed_sans: [a]'),
    /^1:20: tls_server_config\.client_auth_type: got NoClientCert/,
  ],
  'no name that is allowed': [
    tls(PAIR, CA, VERIFY, 'client_allowed_sans: []'),
    /^1:\d+: tls_server_config\.client_allowed_sans: got an empty list/,
  ],
  'an unknown version': [
    tls(PAIR, 'min_version: TLS1.2'),
    /^1:\d+: tls_server_config\.min_version: got "TLS1\.2"; .*did you mean TLS12\?/,
  ],
  SSL: [tls(PAIR, 'min_version: SSL30'), /^1:\d+: tls_server_config\.min_version: got "SSL30"/],
  'a version that is a number': [
    tls(PAIR, 'max_version: 13'),
    /^1:\d+: tls_server_config\.max_version: got 13/,
  ],
  'a maximum below the minimum': [
    tls(PAIR, 'min_version: TLS13', 'max_version: TLS12'),
    /^1:\d+: tls_server_config\.max_version: got TLS12; expected TLS13 or later/,
  ],
  'a maximum below the usual minimum': [
    tls(PAIR, 'max_version: TLS11'),
    /^1:\d+: tls_server_config\.max_version: got TLS11; expected TLS12 or later/,
  ],
  'an unknown cipher suite': [
    tls(PAIR, 'cipher_suites: [TLS_RSA_WITH_RC4_128_SHA]'),
    /^1:\d+: tls_server_config\.cipher_suites\[0\]: got "TLS_RSA_WITH_RC4_128_SHA"/,
  ],
  'a cipher suite by the name of OpenSSL': [
    tls(PAIR, 'cipher_suites: [ECDHE-RSA-AES128-GCM-SHA256]'),
    /^1:\d+: tls_server_config\.cipher_suites\[0\]: /,
  ],
  'cipher suites that are text': [
    tls(PAIR, 'cipher_suites: TLS_AES_128_GCM_SHA256'),
    /^1:\d+: tls_server_config\.cipher_suites: got .*; expected a list/,
  ],
  'an unknown curve': [
    tls(PAIR, 'curve_preferences: [CurveP255]'),
    /^1:\d+: tls_server_config\.curve_preferences\[0\]: .*did you mean CurveP256\?/,
  ],
  'a switch that is none': [
    tls(PAIR, 'prefer_server_cipher_suites: maybe'),
    /^1:\d+: tls_server_config\.prefer_server_cipher_suites: got "maybe"; expected true or false/,
  ],
  'HTTP/2 by a number': [http('http2: 2'), /^1:30: http_server_config\.http2: got 2/],
  'a header that may not be set': [
    header('Server: nginx'),
    /^1:\d+: http_server_config\.headers\.Server: got an unknown key/,
  ],
  'a header in small letters': [
    header('x-frame-options: deny'),
    /^1:\d+: .*did you mean X-Frame-Options\?/,
  ],
  'a frame of anyone': [
    header('X-Frame-Options: allow-all'),
    /^1:\d+: http_server_config\.headers\.X-Frame-Options: got "allow-all"; expected one of deny, sameorigin/,
  ],
  sniffing: [
    header('X-Content-Type-Options: nosnif'),
    /^1:\d+: http_server_config\.headers\.X-Content-Type-Options: .*did you mean nosniff\?/,
  ],
  'a header of two lines': [
    header('X-XSS-Protection: "1\\r\\nSet-Cookie: a=b"'),
    /^1:\d+: http_server_config\.headers\.X-XSS-Protection: .*; expected one line/,
  ],
  'a password that is not hashed': [
    'basic_auth_users:\n  alice: correct horse',
    /^2:10: basic_auth_users\.alice: got something else \(not shown\); expected a hash of bcrypt/,
  ],
  'a hash of another kind': [
    'basic_auth_users: { a: "{SHA}W6ph5Mm5Pz8GgiULbPgzG37mj9g=" }',
    /^1:24: basic_auth_users\.a: got something else \(not shown\)/,
  ],
  'a hash of a cost that is too low': [
    `basic_auth_users: { a: ${HASH.replace('$10', '$03')} }`,
    /^1:24: basic_auth_users\.a: /,
  ],
  'a hash that is cut': [
    `basic_auth_users: { a: ${HASH.slice(0, -1)} }`,
    /^1:24: basic_auth_users\.a: /,
  ],
  'users that are a list': [
    'basic_auth_users: [alice, sesame]',
    /^1:19: basic_auth_users: got something else \(not shown\); expected a mapping/,
  ],
  'users without a hash': ['basic_auth_users:\n  alice:\n', /^2:\d+: basic_auth_users\.alice: /],
  'an interval without a unit': [
    'rate_limit: { interval: 5, burst: 1 }',
    /^1:25: rate_limit\.interval: got 5; .*; write 5s/,
  ],
  'an interval that is none': [
    'rate_limit: { interval: soon, burst: 1 }',
    /^1:25: rate_limit\.interval: got "soon"/,
  ],
  'a rate that lets nobody in': [
    'rate_limit: { interval: 1s }',
    /^1:13: rate_limit\.burst: got none/,
  ],
  'half a burst': [
    'rate_limit: { interval: 1s, burst: 1.5 }',
    /^1:36: rate_limit\.burst: got 1\.5/,
  ],
}

t.test('files that the format allows', async (t) => {
  const at = await withCertificates(t)
  for (const [what, text] of Object.entries(GOOD)) {
    await writeFile(join(at, 'web.yml'), text.replaceAll('FOLDER', at))
    await t.resolves(checkWebConfig(join(at, 'web.yml')), what)
  }
})

t.test('files that it does not allow, each with the place of its mistake', async (t) => {
  const at = await withCertificates(t)
  await writeFile(join(at, 'junk.pem'), 'junk\n')
  const path = join(at, 'web.yml')
  for (const [what, [text, message]] of Object.entries(BAD)) {
    await writeFile(path, text)
    const error = await checkWebConfig(path).then(
      () => undefined,
      (thrown: Error & { code: string }) => thrown,
    )
    t.equal(error?.code, 'SETTINGS', what)
    const [first = ''] = error?.message.split('\n') ?? []
    t.match(first.replace(`${path}:`, ''), message, what)
    t.notMatch(error?.message, /sesame|correct horse|SHA}W6|hello/, `${what}: no secret is told`)
  }
})

t.test('more than forty cases', async (t) => {
  t.ok(Object.keys(GOOD).length + Object.keys(BAD).length >= 80)
})

t.test('certificate and key in the file itself', async (t) => {
  const at = await withCertificates(t)
  const inline = async (key: string, file: string): Promise<string> =>
    `  ${key}: |\n${(await readFile(join(at, file), 'utf8')).replace(/^/gm, '    ')}\n`
  const lines = [
    await inline('cert', 'server.pem'),
    await inline('key', 'server.key'),
    await inline('client_ca', 'ca.pem'),
  ]
  await writeFile(join(at, 'web.yml'), `tls_server_config:\n${lines.join('')}  ${VERIFY}\n`)
  const { config } = await (await keepWebConfig(join(at, 'web.yml'))).current()
  t.equal(config.tls?.policy, 'RequireAndVerifyClientCert')
})

t.test('defaults are those of the format', async (t) => {
  const at = await withCertificates(t)
  await writeFile(join(at, 'web.yml'), tls(PAIR))
  const { config } = await (await keepWebConfig(join(at, 'web.yml'))).current()
  t.match(config, {
    tls: {
      policy: 'NoClientCert',
      sans: undefined,
      options: {
        minVersion: 'TLSv1.2',
        maxVersion: 'TLSv1.3',
        honorCipherOrder: true,
        ALPNProtocols: ['h2', 'http/1.1'],
      },
    },
    headers: {},
    rate: undefined,
  })
  t.equal(config.users.size, 0)
})

t.test('several mistakes are told at once, in the order of the file', async (t) => {
  const at = await folder(t, { 'web.yml': 'rate_limt: {}\nhttp_server_config: { http2: 1 }\n' })
  const error: Error = await checkWebConfig(join(at, 'web.yml')).then(
    () => new Error(),
    (thrown) => thrown,
  )
  t.equal(error.message.split('\n').length, 2)
  await t.rejects(checkWebConfig(join(at, 'none.yml')), {
    code: 'SETTINGS',
    message: /none\.yml: cannot be read: ENOENT/,
  })
})

t.test(
  'a change is seen at the next look, a mistake too, and what held stays at hand',
  async (t) => {
    const at = await folder(t, { 'web.yml': 'rate_limit: { interval: 1s, burst: 1 }' })
    const path = join(at, 'web.yml')
    const kept = await keepWebConfig(path)
    const first = await kept.current()
    t.equal((await kept.current()).config, first.config, 'not read again without need')
    await writeFile(path, 'rate_limit: { interval: 1s, burst: 2 }')
    t.equal((await kept.current()).config.rate?.burst, 2, 'of the same length, written at once')
    await writeFile(path, 'rate_limit: { interval: 1s, burst: x }')
    const broken = await kept.current()
    t.match(broken.error, { code: 'SETTINGS', message: /rate_limit\.burst/ })
    t.equal(broken.config.rate?.burst, 2)
    await writeFile(join(at, 'next'), 'rate_limit: { interval: 1s, burst: 3 }')
    await rename(join(at, 'next'), path)
    const all = await Promise.all(Array.from({ length: 8 }, () => kept.current()))
    for (const { config, error } of all)
      t.match({ burst: config.rate?.burst, error }, { burst: 3, error: undefined })
  },
)

async function withCertificates(t: Parameters<typeof folder>[0]): Promise<string> {
  const at = await folder(t)
  await makeCertificate(at, 'ca')
  await makeCertificate(at, 'server', { signer: 'ca' })
  return at
}
