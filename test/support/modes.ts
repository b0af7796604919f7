// SPDX-License-Identifier: Apache-2.0

import { type LiveMode, MODES } from '../../src/capture/modes.ts'
import { requireCap } from '../../src/native/cap.ts'

/** Why packets cannot be captured by npm's cap here; undefined when they can. */
export function missingCap(): string | undefined {
  try {
    requireCap()
    return undefined
  } catch (error) {
    return (error as Error).message
  }
}

/** Modes that are possible wherever the tests run, and lose nothing of what is sent as fast as can be. */
export const usualModes = (Object.keys(MODES) as LiveMode[]).filter((mode) => mode !== 'libpcap')
