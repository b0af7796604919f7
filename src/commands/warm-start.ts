// SPDX-License-Identifier: Apache-2.0
import { chooseInterfaces } from '../capture/choose.ts'
import { PktspotError } from '../errors.ts'
import { makeDirectory } from '../monitor/state/files.ts'
import { createMemory, type DetectorOf } from '../monitor/state/memory.ts'
import { writeMemory } from '../monitor/state/saved.ts'
import { loadAddon } from '../native/binding.ts'
import type { Settings } from '../settings/settings.ts'
import type { Detector } from '../spot/detector.ts'

/** Detectors that learn from one capture after the other, for `run` to go on from. */
export interface WarmStart {
  readonly detectorOf: DetectorOf
  /** Writes what they learned, in place of what was kept there before; throws STATE_WRITE. */
  save(): Promise<void>
}

/** Begins with nothing learned. */
export function openWarmStart(
  directory: string,
  { interfaces, spot }: Pick<Settings, 'interfaces' | 'spot'>,
): WarmStart {
  /* those of another machine may be named, too */
  const named = interfaces.every((each) => /^(?!default-route$)[^!*?]+$/.test(each))
  const names = named ? interfaces : chooseInterfaces(loadAddon(), interfaces)
  const memory = createMemory(spot)
  const detectors = new Set<Detector>()
  return {
    detectorOf(...of) {
      const detector = memory.detectorOf(...of)
      detectors.add(detector)
      return detector
    },
    async save() {
      const learned = [...detectors].some((detector) => detector.status().values > 0)
      if (!learned)
        throw new PktspotError('STATE_WRITE', '--save-state: there was nothing to learn')
      try {
        await makeDirectory(directory)
        for (const name of names) await writeMemory(directory, name, memory)
      } catch (error) {
        const reason = error instanceof Error ? error.message : String(error)
        throw new PktspotError('STATE_WRITE', `--save-state: ${reason}`, { cause: error })
      }
    },
  }
}
