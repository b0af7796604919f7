// SPDX-License-Identifier: Apache-2.0
import t from 'tap'
import { parseScrape, sample } from './scrape.ts'

const text = `# HELP a_total What it counts
# TYPE a_total counter
a_total{interface="x",mode="a,b\\"}"} 12 1700000000000
a_total{interface="y",mode="c"} 9.007199254740992e15
plain NaN
size_bucket{le="+Inf"} +Inf
`

t.test('reads series by name and labels', async (t) => {
  const scrape = parseScrape(text)
  t.equal(scrape.size, 4)
  t.equal(sample(scrape, 'a_total', { interface: 'x' }), 12)
  t.equal(sample(scrape, 'a_total', { mode: 'c' }), 2 ** 53)
  t.equal(sample(scrape, 'size_bucket', { le: '+Inf' }), Number.POSITIVE_INFINITY)
  t.ok(Number.isNaN(sample(scrape, 'plain')))
  t.equal(sample(scrape, 'absent'), undefined)
  t.throws(() => sample(scrape, 'a_total'), /2 series/)
})
