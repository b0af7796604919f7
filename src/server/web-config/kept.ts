// SPDX-License-Identifier: Apache-2.0
import { PktspotError } from '../../errors.ts'
import { type Examined, examine, stateOf } from './examine.ts'
import { OPEN, type WebConfig } from './web-config.ts'

/** A web configuration that is looked at anew whenever it is needed. */
export interface KeptWebConfig {
  /** Looks whether the files changed, and reads them again if so. */
  current(): Promise<Standing>
}

/** How things stand. */
export interface Standing {
  /** What the files said when they could last be used. */
  readonly config: WebConfig
  /** Why they cannot be used as they are now. */
  readonly error: PktspotError | undefined
}

/** Looks in a row at files that change all the while. */
const LOOKS = 3

/** Reads a file, or keeps what holds without one; throws SETTINGS with every mistake in it, one a line. */
export async function keepWebConfig(path: string | null): Promise<KeptWebConfig> {
  if (path === null) {
    const open = Promise.resolve({ config: OPEN, error: undefined })
    return { current: () => open }
  }
  let seen = await examine(path)
  if (seen.outcome instanceof PktspotError) throw seen.outcome
  let config = seen.outcome
  let reading: Promise<Examined> | undefined
  const again = async (): Promise<void> => {
    reading ??= examine(path)
    const read = await reading
    if (read === seen) return
    seen = read
    reading = undefined
    if (!(read.outcome instanceof PktspotError)) config = read.outcome
  }
  return {
    async current() {
      for (let look = 0; look < LOOKS && (await stateOf(seen.files)) !== seen.state; look++) {
        await again()
      }
      const { outcome } = seen
      return { config, error: outcome instanceof PktspotError ? outcome : undefined }
    },
  }
}

/** Checks a file as it would be read at the start; throws SETTINGS with every mistake in it, one a line. */
export async function checkWebConfig(path: string): Promise<void> {
  const { outcome } = await examine(path)
  if (outcome instanceof PktspotError) throw outcome
}
