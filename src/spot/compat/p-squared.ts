// SPDX-License-Identifier: Apache-2.0

const MARKERS = 5

/**
 * Estimates the quantile of level p by five markers (Jain and Chlamtac, The P-squared algorithm,
 * Communications of the ACM 28, 1985), with two departures: positions count from 0, and a value
 * outside the markers only replaces the outermost one. NaN for fewer than five values.
 */
export function pSquared(values: Float64Array, p: number): number {
  if (values.length < MARKERS) return Number.NaN
  const heights = values.slice(0, MARKERS).sort()
  const places = Float64Array.of(0, 1, 2, 3, 4)
  const wanted = Float64Array.of(0, 2 * p, 4 * p, 2 + 2 * p, 4)
  const steps = [0, p / 2, p, (1 + p) / 2, 1]
  for (const value of values.subarray(MARKERS)) {
    if (value < at(heights, 0)) heights[0] = value
    else if (value > at(heights, 4)) heights[4] = value
    else {
      for (let i = 0; i < MARKERS; i++) {
        if (value <= at(heights, i)) places[i] = at(places, i) + 1
        /* added up, not multiplied: where rounding takes it decides whether a marker moves */
        wanted[i] = at(wanted, i) + (steps[i] ?? 0)
      }
      for (let i = 1; i < MARKERS - 1; i++) adjust(heights, places, i, at(wanted, i))
    }
  }
  return at(heights, 2)
}

/** Moves an inner marker one place towards where it should be, if its neighbours leave room. */
function adjust(heights: Float64Array, places: Float64Array, i: number, wanted: number): void {
  const off = wanted - at(places, i)
  const up = at(places, i + 1) - at(places, i)
  const down = at(places, i - 1) - at(places, i)
  const step = off >= 1 && up > 1 ? 1 : off <= -1 && down < -1 ? -1 : 0
  if (step === 0) return
  const [below, height, above] = [at(heights, i - 1), at(heights, i), at(heights, i + 1)]
  const parabolic =
    height +
    (step / (up - down)) *
      (((step - down) * (above - height)) / up + ((up - step) * (height - below)) / -down)
  const linear = height + (step > 0 ? (above - height) / up : (below - height) / down) * step
  heights[i] = below < parabolic && parabolic < above ? parabolic : linear
  places[i] = at(places, i) + step
}

function at(values: Float64Array, index: number): number {
  return values[index] ?? Number.NaN
}
