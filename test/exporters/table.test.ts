// SPDX-License-Identifier: Apache-2.0
import t from 'tap'
import { windowBetween } from '../../src/counters/window.ts'
import { createTableExporter, tableRows } from '../../src/exporters/table.ts'
import { exporterContract } from '../contracts/exporter.ts'
import { BUSY, catalog, report, START, statistics, ZERO } from './fixture.ts'

t.test('keeps the contract of exporters', (t) =>
  exporterContract(t, () => createTableExporter({ statistics, write: () => {} })),
)

t.test('writes a heading for each source and aligned rows under it', async (t) => {
  let text = ''
  await using exporter = createTableExporter({
    statistics,
    write: (more) => {
      text += more
    },
  })
  for (const source of ['a.pcap', 'a.pcap', 'b\u001b[2J.pcap'])
    await exporter.publish(report(source))
  const [title, columns = '', row = '', again, second = ''] = text.split('\n')
  t.match(title, '# a.pcap  (marks: ')
  t.equal(
    columns,
    'TIME                     WINDOW         PKTS        BYTES        R_SYN  AVG_PKT_SIZE          PERF',
  )
  t.equal(
    row,
    '2023-11-14T22:13:20.000Z      1           12 9007199254740993          0.9!            -~       1234.5',
  )
  t.equal(again, row)
  t.match(second, '# b?[2J.pcap')
})

t.test('writes a skipped stretch as a row of its own', async (t) => {
  const gap = { from: new Date('2023-11-14T20:13:20Z'), to: START }
  const window = windowBetween(catalog, ZERO, BUSY, { start: START, seconds: 1, gap })
  const [first, ...rest] = tableRows(report('a.pcap', { window }), statistics)
  t.equal(first, '2023-11-14T20:13:20.000Z no packet for 7200 s, until 2023-11-14T22:13:20.000Z')
  t.equal(rest.length, 1)
})

t.test('marks each verdict and keeps the columns', async (t) => {
  const [sample] = report('a.pcap').samples
  if (!sample?.judgement) throw new Error('the fixture has no judgement')
  const marks = (['learning', 'degenerate', 'normal', 'excess', 'anomaly'] as const).map(
    (verdict) => {
      const judged = {
        ...sample,
        judgement: {
          ...sample.judgement,
          verdict,
          probability: 0,
          lower: 0,
          upper: 1,
          opens: false,
        },
      }
      const [row = ''] = tableRows(report('a.pcap', { samples: [judged] }), statistics.slice(0, 1))
      return row.slice(row.indexOf('0.9'))
    },
  )
  t.same(marks, ['0.9~', '0.9=', '0.9', '0.9+', '0.9!'])
})
