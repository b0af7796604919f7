// SPDX-License-Identifier: Apache-2.0

/** Relative to the root, and absolute. */
const TOLERANCE = 2e-8
const ITERATIONS = 200

/**
 * Finds a root of `f` between `low` and `high` (Brent, Algorithms for Minimization without
 * Derivatives, 1973, chapter 4); NaN where f does not change its sign.
 */
export function findRoot(f: (x: number) => number, low: number, high: number): number {
  let [a, b, fa, fb] = [low, high, f(low), f(high)]
  if (!(fa * fb <= 0)) return Number.NaN
  let [c, fc] = [a, fa]
  let [step, before] = [b - a, b - a]
  for (let i = 0; i < ITERATIONS; i++) {
    /* b is the best guess, c on the other side of the root, a the guess before b */
    if (Math.abs(fc) < Math.abs(fb)) {
      ;[a, b, c] = [b, c, b]
      ;[fa, fb, fc] = [fb, fc, fb]
    }
    const tolerance = 2 * TOLERANCE * Math.abs(b) + TOLERANCE / 2
    const half = (c - b) / 2
    if (Math.abs(half) <= tolerance || fb === 0) return b
    const interpolated = Math.abs(before) >= tolerance && Math.abs(fa) > Math.abs(fb)
    const next = interpolated ? interpolate(a, b, c, fa, fb, fc) : Number.NaN
    const limit = Math.min(1.5 * Math.abs(half) - tolerance / 2, Math.abs(before) / 2)
    const accepted = next * half > 0 && Math.abs(next) < limit
    before = accepted ? step : half
    step = accepted ? next : half
    a = b
    fa = fb
    b += Math.abs(step) > tolerance ? step : half > 0 ? tolerance : -tolerance
    fb = f(b)
    if (fb > 0 === fc > 0) {
      c = a
      fc = fa
      step = before = b - a
    }
  }
  return b
}

/** Step from b to where a line through two points, or a parabola through three, meets zero. */
function interpolate(a: number, b: number, c: number, fa: number, fb: number, fc: number): number {
  const s = fb / fa
  if (a === c) return (-(c - b) * s) / (1 - s)
  const q = fa / fc
  const r = fb / fc
  const p = s * ((c - b) * q * (q - r) - (b - a) * (r - 1))
  return -p / ((q - 1) * (r - 1) * (s - 1))
}
