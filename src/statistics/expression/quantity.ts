// SPDX-License-Identifier: Apache-2.0

/** A number; a bigint where it is whole and a double would lose digits. */
export type Quantity = number | bigint

/** Beyond this, digits are worth less than a bound on memory and time. */
const LARGEST = 1n << 128n

const MAX_SAFE = BigInt(Number.MAX_SAFE_INTEGER)

/** Takes the form that is cheapest without losing digits. */
export function quantity(whole: bigint): Quantity {
  const size = whole < 0n ? -whole : whole
  return size > MAX_SAFE && size <= LARGEST ? whole : Number(whole)
}

export const add = arithmetic(
  (a, b) => a + b,
  (a, b) => a + b,
)

export const subtract = arithmetic(
  (a, b) => a - b,
  (a, b) => a - b,
)

export const multiply = arithmetic(
  (a, b) => a * b,
  (a, b) => a * b,
)

const remainderOf = arithmetic(
  (a, b) => a % b,
  (a, b) => a % b,
)

/** Remainder with the sign of the first; by 0 it is NaN. */
export function remainder(a: Quantity, b: Quantity): Quantity {
  return isZero(b) ? Number.NaN : remainderOf(a, b)
}

/** Quotient as a double; by 0 it is NaN. */
export function divide(a: Quantity, b: Quantity): Quantity {
  return isZero(b) ? Number.NaN : Number(a) / Number(b)
}

export function negate(a: Quantity): Quantity {
  return -a
}

/** Works in doubles, and in bigints only where doubles would lose digits of whole numbers. */
function arithmetic(
  double: (a: number, b: number) => number,
  whole: (a: bigint, b: bigint) => bigint,
): (a: Quantity, b: Quantity) => Quantity {
  return (a, b) => {
    if (typeof a === 'number' && typeof b === 'number') {
      const result = double(a, b)
      if (Number.isSafeInteger(result)) return result
    }
    if (isWhole(a) && isWhole(b)) return quantity(whole(BigInt(a), BigInt(b)))
    return double(Number(a), Number(b))
  }
}

function isWhole(value: Quantity): boolean {
  return typeof value === 'bigint' || Number.isSafeInteger(value)
}

/** A bigint is never 0: it would have been a number. */
function isZero(value: Quantity): boolean {
  return value === 0
}
