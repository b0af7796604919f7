// SPDX-License-Identifier: Apache-2.0
import type { TlsPlan } from './tls-plan.ts'

/** How requests are let in and answered, as the file says. */
export interface WebConfig {
  /** Undefined: plain HTTP. */
  readonly tls: TlsPlan | undefined
  /** Headers of every answer; one that is blank is taken off it. */
  readonly headers: Readonly<Record<string, string>>
  /** Hashes of bcrypt by names of users; none: everyone is let in. */
  readonly users: ReadonlyMap<string, string>
  readonly rate: RateLimit | undefined
}

/** A bucket of tokens, one for each request. */
export interface RateLimit {
  /** Seconds until the next token. */
  readonly interval: number
  /** Most tokens that the bucket holds. */
  readonly burst: number
}

/** What holds without a file. */
export const OPEN: WebConfig = {
  tls: undefined,
  headers: {},
  users: new Map(),
  rate: undefined,
}
