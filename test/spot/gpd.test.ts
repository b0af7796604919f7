// SPDX-License-Identifier: Apache-2.0
import t from 'tap'
import { excessAt, fitBounded, fitGpd, survival } from '../../src/spot/gpd.ts'
import { uniform } from './streams.ts'

const SEED = 17

t.test('the fit finds the shape and scale that values were drawn from', async (t) => {
  for (const gamma of [-0.08, 0, 0.3]) {
    const next = uniform(SEED)
    const values = Float64Array.from({ length: 50_000 }, () =>
      excessAt({ gamma, sigma: 2 }, next()),
    )
    const fit = fitGpd(values.sort(), values.length)
    t.ok(Math.abs(fit.gamma - gamma) < 0.03, `seed ${SEED}: gamma ${fit.gamma} for ${gamma}`)
    t.ok(Math.abs(fit.sigma - 2) < 0.06, `seed ${SEED}: sigma ${fit.sigma} for 2`)
  }
})

t.test('the fewer the values, the further out a quantile is expected', async (t) => {
  const next = uniform(SEED)
  const draws = Array.from({ length: 10_000 }, () => excessAt({ gamma: 0, sigma: 1 }, next()))
  let beyond = 0
  for (let at = 0; at < draws.length; at += 20) {
    const few = Float64Array.from(draws.slice(at, at + 20)).sort()
    beyond += survival({ gamma: 0, sigma: 1 }, excessAt(fitGpd(few, few.length), 1e-3)) / 500
  }
  t.ok(beyond > 1e-3 && beyond < 4e-3, `seed ${SEED}: exceeded with probability ${beyond}`)
})

t.test('the shape of a tail with an end is found, and an end that is common is kept', async (t) => {
  const next = uniform(SEED)
  for (const exponent of [2, 6]) {
    const values = Float64Array.from({ length: 20_000 }, () => 0.5 * (1 - next() ** (1 / exponent)))
    const { gamma, sigma } = fitBounded(values.sort(), values.length, 0.5)
    t.ok(Math.abs(gamma * exponent + 1) < 0.03, `seed ${SEED}: gamma ${gamma}`)
    t.ok(Math.abs((sigma / gamma) * -2 - 1) < 1e-12, 'it ends at the end')
  }
  const often = Float64Array.of(0.1, 0.2, 0.2, 0.3, 0.4, 0.4, 0.45, 0.5, 0.5, 0.5)
  t.equal(excessAt(fitBounded(often, 10, 0.5), 1e-3), 0.5)
})

t.test('the shape stays within (-0.5, 1) on any input', async (t) => {
  for (const values of [
    [7, 7, 7, 7, 7, 7, 7, 7, 7, 7],
    [1e-9, 1e-9, 1e-9, 1e-9, 1e-9, 1e-9, 1e-9, 1e-9, 1e-9, 1e9],
    [1, 2, 3, 4, 5, 6, 7, 8, 9, 10],
  ]) {
    const { gamma, sigma } = fitGpd(Float64Array.from(values), values.length)
    t.ok(gamma > -0.5 && gamma < 1 && sigma > 0 && Number.isFinite(sigma), `${gamma} ${sigma}`)
  }
})

t.test('quantile and survival undo each other', async (t) => {
  for (const gamma of [-0.4, 0, 0.5]) {
    for (const ratio of [0.5, 1e-2, 1e-5]) {
      const back = survival({ gamma, sigma: 3 }, excessAt({ gamma, sigma: 3 }, ratio))
      t.ok(Math.abs(back / ratio - 1) < 1e-9, `gamma ${gamma}: ${ratio} became ${back}`)
    }
  }
  t.equal(excessAt({ gamma: 0.2, sigma: 1 }, 1.5), 0)
  t.equal(survival({ gamma: -0.4, sigma: 1 }, 3), 0, 'beyond the end of a bounded tail')
})
