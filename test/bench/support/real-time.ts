// SPDX-License-Identifier: Apache-2.0

/**
 * Wraps a command so that other processes of a busy machine do not interrupt it: real-time scheduling, or the usual
 * one without the right to it.
 */
export function realTime(command: readonly string[]): readonly string[] {
  return ['sh', '-c', 'chrt --fifo --pid 1 $$ 2> /dev/null; exec "$@"', 'sh', ...command]
}
