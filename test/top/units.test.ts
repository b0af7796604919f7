// SPDX-License-Identifier: Apache-2.0
import t from 'tap'
import { long, secondsText, short, shortBytes, valueText } from '../../src/top/units.ts'

t.test('amounts have three digits and a decimal prefix', async (t) => {
  const cases: [number, string][] = [
    [0, '0'],
    [7, '7'],
    [999, '999'],
    [1000, '1.00K'],
    [1234, '1.23K'],
    [45_678, '45.7K'],
    [999_499, '999K'],
    [999_500, '1.00M'],
    [1.5e9, '1.50G'],
    [2.34e12, '2.34T'],
    [2 ** 64, '18.4E'],
    [0.5, '0.50'],
    [9.996, '10.0'],
    [99.96, '100'],
    [999.7, '1.00K'],
    [Number.NaN, '-'],
    [Number.POSITIVE_INFINITY, '-'],
  ]
  for (const [value, text] of cases) t.equal(short(value), text, String(value))
})

t.test('what is written is never off by more than half a percent', async (t) => {
  for (let value = 1; value < 1e15; value *= 1.0137) {
    const text = short(value)
    const power = ' KMGTPE'.indexOf(text.replace(/[\d.]+/, '') || ' ')
    const read = Number.parseFloat(text) * 1000 ** power
    if (Math.abs(read / value - 1) > 0.005 || text.length > 5) t.fail(`${value} as ${text}`)
  }
})

t.test('bytes, bits and packets have their units', async (t) => {
  t.equal(shortBytes(999), '999B')
  t.equal(shortBytes(1_230_000), '1.23MB')
  const bytes = [1, 1e3, 1e6, 1e9, 1e12].map((value) => long(value, 'B'))
  t.same(bytes, ['1 B', '1.00 KB', '1.00 MB', '1.00 GB', '1.00 TB'])
  const bits = [1, 1e3, 1e6, 1e9, 1e12].map((value) => long(value, 'bit/s'))
  t.same(bits, ['1 bit/s', '1.00 Kbit/s', '1.00 Mbit/s', '1.00 Gbit/s', '1.00 Tbit/s'])
  t.equal(long(12_300, 'pps'), '12.3 Kpps')
})

t.test('values of statistics and lengths of time', async (t) => {
  t.equal(valueText(0.123_456), '0.123')
  t.equal(valueText(0.000_012), '1.2e-5')
  t.equal(valueText(1), '1.000')
  t.equal(valueText(12_345), '12.3K')
  t.equal(valueText(Number.NaN), '-')
  t.equal(secondsText(0.5), '0.5 s')
  t.equal(secondsText(60), '1 min')
})
