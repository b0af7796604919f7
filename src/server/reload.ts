// SPDX-License-Identifier: Apache-2.0
import { PktspotError } from '../errors.ts'
import { plain, type Route } from './answer.ts'

/** Makes the route that reads the settings again, one reading after the other; without `reload` it refuses. */
export function reloadRoute(reload: (() => Promise<void>) | undefined): Route {
  if (!reload) return () => plain(403, 'reloading is off: set web.reload to true, or send SIGHUP')
  let last: Promise<unknown> = Promise.resolve()
  return () => {
    const next = last.then(async () => {
      try {
        await reload()
        return plain(200, 'reloaded')
      } catch (error) {
        if (!(error instanceof PktspotError)) throw error
        return plain(500, `not reloaded: ${error.message}`)
      }
    })
    last = next.catch(() => {})
    return next
  }
}
