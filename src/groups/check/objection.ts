// SPDX-License-Identifier: Apache-2.0
import type { GroupObjection } from '../../settings/counter-groups-faults.ts'

/** Where something stands in a group. */
export type Path = GroupObjection['path']

/** Objects to a value. */
export function object(
  path: Path,
  got: unknown,
  expected: string,
  advice: { readonly near?: string | undefined; readonly remedy?: string | undefined } = {},
): GroupObjection {
  return { path, got, expected, ...advice }
}
