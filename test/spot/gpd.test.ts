// SPDX-License-Identifier: Apache-2.0
import t from 'tap'
import { excessAt, fitGpd, survival } from '../../src/spot/gpd.ts'
import { uniform } from './streams.ts'

const SEED = 17

t.test('the fit finds the shape and scale that values were drawn from', async (t) => {
  for (const gamma of [-0.3, 0, 0.3]) {
    const next = uniform(SEED)
    const values = Float64Array.from({ length: 50_000 }, () =>
      excessAt({ gamma, sigma: 2 }, next()),
    )
    const fit = fitGpd(values.sort(), values.length)
    t.ok(Math.abs(fit.gamma - gamma) < 0.03, `seed ${SEED}: gamma ${fit.gamma} for ${gamma}`)
    t.ok(Math.abs(fit.sigma - 2) < 0.06, `seed ${SEED}: sigma ${fit.sigma} for 2`)
  }
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
