// SPDX-License-Identifier: Apache-2.0
import { type Answer, refusal } from './answer.ts'
import type { Verdict } from './auth/basic.ts'
import { foreignness, type Origins, rebinding } from './same-site.ts'
import type { KeptWebConfig, Standing } from './web-config/kept.ts'
import type { RateLimit, WebConfig } from './web-config/web-config.ts'

/** What the decision whether to answer a request is made of. */
export interface AdmissionOptions {
  readonly webConfig: KeptWebConfig
  /** Takes a token of the limit. */
  allows(limit: RateLimit | undefined): boolean
  /** Checks the header Authorization. */
  authenticate(header: string | undefined, users: WebConfig['users']): Promise<Verdict>
  /** Whether only this machine can reach the server. */
  isLocal(): boolean
  warn(line: string): void
}

/** What decides, as the request says it. */
export interface Applicant extends Origins {
  readonly path: string
  readonly authorization: string | undefined
}

/** What came of it: a refusal, or none. */
export interface Admission {
  readonly refused: Answer | undefined
  readonly config: WebConfig
}

/** Milliseconds between log lines of one and the same trouble. */
const QUIET = 60_000

/** Makes the decision, by the web configuration of that moment. */
export function createAdmission(
  options: AdmissionOptions,
): (applicant: Applicant) => Promise<Admission> {
  const { webConfig, allows, authenticate, isLocal } = options
  const complain = rarely(options.warn)

  const decide = async (who: Applicant, standing: Standing): Promise<Answer | undefined> => {
    const { config, error } = standing
    const refuse = (status: number, reason: string, headers = {}) =>
      refusal(who.path, status, reason, headers)
    if (error) {
      complain(`no request is answered: ${error.message.replaceAll('\n', ' | ')}`)
      return refuse(500, 'the web configuration cannot be used: see the log')
    }
    if (!allows(config.rate)) {
      const seconds = Math.ceil(config.rate?.interval ?? 1)
      return refuse(429, 'too many requests', { 'Retry-After': String(seconds) })
    }
    const reason =
      foreignness(who) ?? (isLocal() && isOpen(config) ? rebinding(who.host) : undefined)
    if (reason !== undefined) return refuse(403, reason)
    if (config.users.size === 0) return undefined
    const verdict = await authenticate(who.authorization, config.users)
    if (verdict === 'welcome') return undefined
    return verdict === 'busy'
      ? refuse(503, 'too many passwords are being checked', { 'Retry-After': '2' })
      : refuse(401, 'unauthorized', {
          'WWW-Authenticate': 'Basic realm="pktspot", charset="UTF-8"',
        })
  }
  return async (applicant) => {
    const standing = await webConfig.current()
    return { refused: await decide(applicant, standing), config: standing.config }
  }
}

/* a page of a name made to point here has neither the password nor the certificate */
function isOpen({ users, tls }: WebConfig): boolean {
  return users.size === 0 && !tls?.policy.startsWith('Require')
}

function rarely(warn: (line: string) => void): (line: string) => void {
  let last = { line: '', at: 0 }
  return (line) => {
    const at = performance.now()
    if (line === last.line && at - last.at < QUIET) return
    last = { line, at }
    warn(line)
  }
}
