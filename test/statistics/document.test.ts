// SPDX-License-Identifier: Apache-2.0
import t from 'tap'
import { statisticsTable } from '../../src/statistics/document.ts'
import { statistic } from '../../src/statistics/statistic.ts'

t.test('the table has a line a statistic', async (t) => {
  const base = { compute: () => 0 }
  const written = statisticsTable([
    statistic({
      ...base,
      name: 'A',
      help: 'This|that',
      unit: 'ratio',
      counters: ['X', 'Y'],
      tails: ['lower', 'upper'],
    }),
    statistic({ ...base, name: 'B', help: 'Other', unit: 'bytes', counters: ['X'], tails: [] }),
  ])
  t.equal(
    written,
    `| Statistic | Meaning | Unit | Counters | Tails monitored |
| --- | --- | --- | --- | --- |
| \`A\` | This\\|that | ratio | \`X\` \`Y\` | lower, upper |
| \`B\` | Other | bytes | \`X\` | none |
`,
  )
})
