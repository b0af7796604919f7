// SPDX-License-Identifier: Apache-2.0
import type { RateLimit } from './web-config/web-config.ts'

/** Makes a bucket of tokens, full at first and again when the limit changes; a request that finds none is refused. */
export function createRateLimiter(
  now: () => number = () => performance.now() / 1000,
): (limit: RateLimit | undefined) => boolean {
  let standing: { limit: RateLimit; tokens: number; at: number } | undefined
  return (limit) => {
    if (!limit) return true
    const at = now()
    const same = standing?.limit.interval === limit.interval && standing.limit.burst === limit.burst
    const before = standing && same ? standing : { tokens: limit.burst, at }
    const tokens = Math.min(limit.burst, before.tokens + (at - before.at) / limit.interval)
    const allowed = tokens >= 1
    standing = { limit, tokens: allowed ? tokens - 1 : tokens, at }
    return allowed
  }
}
