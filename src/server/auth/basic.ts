// SPDX-License-Identifier: Apache-2.0
import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto'
import { LRUCache } from 'lru-cache'
import type { Comparer } from './comparer.ts'

/** Hashes of bcrypt by names of users. */
export type Users = ReadonlyMap<string, string>

/** What becomes of a request: `busy` when too many passwords are being checked to check one more. */
export type Verdict = 'welcome' | 'refused' | 'busy'

/** Good passwords remembered; more than there are users that scrape. */
const GOOD = 128

/** Bad passwords remembered, apart, so that guesses do not push out the good ones. */
const BAD = 4096

/**
 * Makes a check of the header Authorization against users. What was compared once is remembered under a digest keyed
 * anew in each process; a name that nobody has costs the same comparison as one that somebody has.
 */
export function createBasicAuth(
  comparer: Pick<Comparer, 'compare'>,
): (header: string | undefined, users: Users) => Promise<Verdict> {
  const secret = randomBytes(32)
  const digest = (...parts: readonly string[]): Buffer =>
    createHmac('sha256', secret).update(JSON.stringify(parts)).digest()
  const good = new LRUCache<string, true>({ max: GOOD })
  const bad = new LRUCache<string, true>({ max: BAD })
  const underway = new Map<string, Promise<boolean>>()

  return async (header, users) => {
    const given = credentials(header)
    if (!given) return 'refused'
    const { hash, isUser } = hashOf(given.name, users, digest)
    const key = digest(given.name, given.password, hash).toString('base64')
    if (good.has(key)) return isUser ? 'welcome' : 'refused'
    if (bad.has(key)) return 'refused'
    const comparison = underway.get(key) ?? comparer.compare(given.password, hash)
    if (!comparison) return 'busy'
    underway.set(key, comparison)
    const matches = await comparison.finally(() => underway.delete(key))
    const isGood = matches && isUser
    ;(isGood ? good : bad).set(key, true)
    return isGood ? 'welcome' : 'refused'
  }
}

/** Finds a user's hash; for a name that nobody has, that of a user who is always the same for this name. */
function hashOf(
  name: string,
  users: Users,
  digest: (text: string) => Buffer,
): { hash: string; isUser: boolean } {
  const wanted = digest(name)
  const hashes = [...users.values()]
  let hash = hashes[wanted.readUInt32BE() % hashes.length] ?? ''
  let isUser = false
  /* all of them, so that the time does not tell which one it was */
  for (const [user, theirs] of users) {
    const same = timingSafeEqual(wanted, digest(user))
    hash = same ? theirs : hash
    isUser = same || isUser
  }
  return { hash, isUser }
}

/** Reads `Basic` credentials (RFC 7617); undefined when there are none. */
function credentials(header = ''): { name: string; password: string } | undefined {
  const [, encoded] = /^basic +([A-Za-z0-9+/_-]+={0,2}) *$/i.exec(header) ?? []
  if (encoded === undefined) return undefined
  const [, name, password] = /^([^:]*):(.*)$/s.exec(Buffer.from(encoded, 'base64').toString()) ?? []
  return name === undefined || password === undefined ? undefined : { name, password }
}
