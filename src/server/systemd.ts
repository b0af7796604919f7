// SPDX-License-Identifier: Apache-2.0
import { PktspotError } from '../errors.ts'

/** The first descriptor that systemd passes (sd_listen_fds(3)). */
const FIRST = 3

/** Tells which descriptors systemd passed to the process; throws a `PktspotError` LISTEN when it passed none. */
export function systemdSockets(
  env: Readonly<Record<string, string | undefined>>,
  pid: number,
): readonly number[] {
  const count = Number(env['LISTEN_FDS'] ?? 0)
  if (env['LISTEN_PID'] !== String(pid) || !Number.isInteger(count) || count < 1) {
    throw new PktspotError(
      'LISTEN',
      'systemd passed no socket to this process. Start it by its socket unit, or leave out --web.systemd-socket.',
    )
  }
  return Array.from({ length: count }, (_, index) => FIRST + index)
}
