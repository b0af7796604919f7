// SPDX-License-Identifier: Apache-2.0
import { spawnSync } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import { windowBetween } from '../../src/counters/window.ts'
import { createBackfill } from '../../src/exporters/openmetrics-backfill.ts'
import { openSpool } from '../../src/exporters/openmetrics-backfill-spool.ts'
import { exporterContract } from '../contracts/exporter.ts'
import { openMetricsFaults } from '../support/open-metrics.ts'
import { BUSY, catalog, HUGE, R_SYN, report, START, sample, ZERO } from './fixture.ts'

const seconds = START.getTime() / 1000

function at(offset: number, period = 1) {
  const start = new Date(START.getTime() + offset * 1000)
  return windowBetween(catalog, ZERO, BUSY, { start, seconds: period })
}

async function written(
  publish: (backfill: Awaited<ReturnType<typeof createBackfill>>) => Promise<void>,
  wanted?: (name: string) => boolean,
): Promise<string> {
  let text = ''
  const write = (more: string): void => {
    text += more
  }
  await using backfill = await createBackfill({ catalog, base: 1, write, wanted })
  await publish(backfill)
  await backfill.finish()
  return text
}

t.test('keeps the contract of exporters', async (t) => {
  const made = await Promise.all(
    Array.from({ length: 5 }, () => createBackfill({ catalog, base: 1, write: () => {} })),
  )
  await exporterContract(t, () => {
    const next = made.pop()
    if (!next) throw new Error('the contract opens more exporters than were made')
    return next
  })
})

t.test('tells totals from 0 at the start, and each window at its end', async (t) => {
  const text = await written(async (backfill) => {
    await backfill.publish(report('a.pcap', { window: at(0) }))
    await backfill.publish(report('a.pcap', { window: at(1) }))
    await backfill.publish(report('a.pcap', { window: at(0, 10), samples: [sample(R_SYN, 0.5)] }))
    t.same(backfill.span, { from: START.getTime(), to: START.getTime() + 10_000 })
  })
  t.same(openMetricsFaults(text), [])
  const lines = text.split('\n')
  const of = (name: string) => lines.filter((line) => line.startsWith(`${name}{`))
  t.same(of('pktspot_receive_bytes_total'), [
    `pktspot_receive_bytes_total{interface="a.pcap"} 0 ${seconds}`,
    `pktspot_receive_bytes_total{interface="a.pcap"} ${HUGE} ${seconds + 1}`,
    `pktspot_receive_bytes_total{interface="a.pcap"} ${HUGE * 2n} ${seconds + 2}`,
  ])
  t.same(of('pktspot_receive_unique_source_addresses'), [
    `pktspot_receive_unique_source_addresses{interface="a.pcap"} 7.2 ${seconds + 1}`,
    `pktspot_receive_unique_source_addresses{interface="a.pcap"} 7.2 ${seconds + 2}`,
  ])
  const value = 'pktspot_statistic_value{interface="a.pcap",statistic="R_SYN"'
  t.same(
    lines.filter((line) => line.startsWith(value)),
    [
      `${value},window="1"} 0.9 ${seconds + 1}`,
      `${value},window="1"} 0.9 ${seconds + 2}`,
      `${value},window="10"} 0.5 ${seconds + 10}`,
    ],
  )
})

t.test('keeps series together, whatever the order of the reports', async (t) => {
  const text = await written(async (backfill) => {
    for (let round = 0; round < 500; round++) {
      for (const name of ['a "b"', 'c']) await backfill.publish(report(name, { window: at(round) }))
    }
  })
  t.same(openMetricsFaults(text), [])
  const samples = text.split('\n').filter((line) => line.startsWith('pktspot_statistic_value{'))
  t.equal(samples.length, 2 * 3 * 500)
})

t.test('writes only what is wanted, and an end even of nothing', async (t) => {
  const name = 'pktspot_receive_packets_total'
  const text = await written(
    (backfill) => Promise.resolve(backfill.publish(report('a', { window: at(0) }))),
    (each) => each === name,
  )
  t.match(
    text,
    new RegExp(`^# TYPE pktspot_receive_packets counter\n(.*\n){2}(${name}.*\n){2}# EOF\n$`),
  )
  t.equal(await written(async () => undefined), '# EOF\n')
})

t.test('leaves no temporary file', async (t) => {
  const spools = () => readdirSync(tmpdir()).filter((name) => name.startsWith('pktspot-spool-'))
  await using spool = await openSpool()
  const series = spool.series()
  await series.add('x'.repeat(5000))
  await series.add('y')
  t.same(spools(), [])
  let text = ''
  for await (const piece of series.read()) text += piece
  t.equal(text, `${'x'.repeat(5000)}y`)
})

const promtool = spawnSync('promtool', ['--version']).status === 0
t.test('is taken by promtool', { skip: !promtool && 'promtool is not on PATH' }, async (t) => {
  const text = await written(async (backfill) => {
    for (const name of ['a', 'b']) await backfill.publish(report(name, { window: at(0) }))
  })
  const folder = t.testdir({ 'samples.txt': text })
  const path = join(folder, 'samples.txt')
  const what = ['tsdb', 'create-blocks-from', 'openmetrics', path, join(folder, 'data')]
  const { status, stdout, stderr } = spawnSync('promtool', what, { encoding: 'utf8' })
  t.equal(status, 0, stderr)
  const [, , , , samples] = stdout.trim().split('\n').at(-1)?.split(/\s+/) ?? []
  t.equal(Number(samples), text.split('\n').filter((line) => /^[^#]/.test(line)).length)
})
