// SPDX-License-Identifier: Apache-2.0
import type { Log } from '../log.ts'
import type { Reloadable } from './reload.ts'

/** Makes the part that has the log follow the settings. */
export function logChange({ change }: Log): Reloadable {
  return {
    async prepare(next, running) {
      return { commit: () => change(next.log), undo: () => change(running.log) }
    },
  }
}
