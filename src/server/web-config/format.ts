// SPDX-License-Identifier: Apache-2.0
import { choice, type Format, text, whole, yesOrNo } from '../../settings/format.ts'
import { listOf, mapping, named } from '../../settings/structure.ts'
import { goDuration } from './go-duration.ts'
import { CLIENT_POLICIES, type ClientPolicy, CURVES, namesOf, SUITES, VERSIONS } from './names.ts'

/** What a file holds; what is blank in it is null here. */
export interface Written {
  readonly tls_server_config?: WrittenTls
  readonly http_server_config?: {
    readonly http2?: boolean | null
    readonly headers?: Readonly<Partial<Record<HeaderName, string | null>>>
  }
  /** Hashes of bcrypt by names of users. */
  readonly basic_auth_users?: Readonly<Record<string, string>>
  readonly rate_limit?: {
    /** In seconds. */
    readonly interval?: number | null
    readonly burst?: number | null
  }
}

export interface WrittenTls {
  readonly cert?: string | null
  readonly key?: string | null
  readonly client_ca?: string | null
  readonly cert_file?: string | null
  readonly key_file?: string | null
  readonly client_ca_file?: string | null
  readonly client_auth_type?: ClientPolicy | null
  readonly client_allowed_sans?: readonly string[]
  readonly min_version?: keyof typeof VERSIONS | null
  readonly max_version?: keyof typeof VERSIONS | null
  readonly cipher_suites?: readonly (keyof typeof SUITES)[]
  readonly prefer_server_cipher_suites?: boolean | null
  readonly curve_preferences?: readonly (keyof typeof CURVES)[]
}

type HeaderName =
  | 'Content-Security-Policy'
  | 'Strict-Transport-Security'
  | 'X-Content-Type-Options'
  | 'X-Frame-Options'
  | 'X-XSS-Protection'

const line = text('one line of text', (written) => /^[^\p{Cc}]*$/u.test(written))
const pem = text('text in PEM form', (written) => written.includes('-----BEGIN '))
const file = text('a path', (path) => path !== '' && !path.includes('\0'))

/** Cost 4 to 31, salt and hash; 2y is what htpasswd writes. */
const hash = text(
  'a hash of bcrypt such as htpasswd -nBC 10 writes',
  (written) => /^\$2[aby]\$(?:0[4-9]|[12]\d|3[01])\$[./A-Za-z0-9]{53}$/.test(written),
  () => 'hash the password; what is written here is not shown',
)

const tls = mapping<WrittenTls>({
  cert: { format: blankable(pem) },
  key: { format: blankable(pem) },
  client_ca: { format: blankable(pem) },
  cert_file: { format: blankable(file) },
  key_file: { format: blankable(file) },
  client_ca_file: { format: blankable(file) },
  client_auth_type: { format: blankable(choice(CLIENT_POLICIES)) },
  client_allowed_sans: { format: listOf(line) },
  min_version: { format: blankable(choice(namesOf(VERSIONS))) },
  max_version: { format: blankable(choice(namesOf(VERSIONS))) },
  cipher_suites: { format: listOf(choice(namesOf(SUITES))) },
  prefer_server_cipher_suites: { format: blankable(yesOrNo) },
  curve_preferences: { format: listOf(choice(namesOf(CURVES))) },
})

/** The whole file: docs/web.md describes it. */
export const webConfigFormat: Format<Written> = mapping<Written>({
  tls_server_config: { format: tls },
  http_server_config: {
    format: mapping<NonNullable<Written['http_server_config']>>({
      http2: { format: blankable(yesOrNo) },
      headers: {
        format: mapping<Partial<Record<HeaderName, string | null>>>({
          'Content-Security-Policy': { format: blankable(line) },
          'Strict-Transport-Security': { format: blankable(line) },
          'X-Content-Type-Options': { format: blankable(choice(['nosniff'])) },
          'X-Frame-Options': { format: blankable(choice(['deny', 'sameorigin'])) },
          'X-XSS-Protection': { format: blankable(line) },
        }),
      },
    }),
  },
  basic_auth_users: { format: named('names of users', hash) },
  rate_limit: {
    format: mapping<NonNullable<Written['rate_limit']>>({
      interval: { format: blankable(goDuration) },
      burst: { format: blankable(whole(0, 1_000_000)) },
    }),
  },
})

/** What messages never show, by path. */
export const SECRETS: Readonly<Record<string, Format<unknown>>> = {
  'tls_server_config.cert': blankable(pem),
  'tls_server_config.key': blankable(pem),
  'basic_auth_users.*': hash,
}

/** Takes nothing and empty text for null: the key is as good as left out. */
function blankable<T>(format: Format<T>): Format<T | null> {
  return {
    ...format,
    read: (written) => (written === null || written === '' ? null : format.read(written)),
    show: (value) => (value === null ? null : format.show(value)),
  }
}
