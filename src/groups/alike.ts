// SPDX-License-Identifier: Apache-2.0
import { isDeepStrictEqual } from 'node:util'
import type { GroupSpec } from '../capture/group-table.ts'
import { layoutOf } from './layout.ts'
import type { CountedGroup } from './views.ts'

/** Whether two groups count the same, so that one can go on where the other ends. */
export function countsAlike(one: CountedGroup, other: CountedGroup): boolean {
  return (
    isDeepStrictEqual(counting(one.spec), counting(other.spec)) &&
    isDeepStrictEqual(one.closedKeys, other.closedKeys) &&
    isDeepStrictEqual(layoutOf(one).rises, layoutOf(other).rises)
  )
}

/** Whether a table made for one spec also holds and ranks what the other asks for. */
export function suffices(has: GroupSpec, asked: GroupSpec): boolean {
  return asked.slots <= has.slots && asked.tracked === has.tracked && asked.rank === has.rank
}

/* what is left out says how much is held, how it is ranked and hashed, not what is counted */
function counting({ slots: _, tracked: __, rank: ___, seed: ____, ...rest }: GroupSpec): object {
  return rest
}
