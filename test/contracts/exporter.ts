// SPDX-License-Identifier: Apache-2.0
import type { Test } from 'tap'
import { windowBetween } from '../../src/counters/window.ts'
import type { Exporter } from '../../src/exporters/exporter.ts'
import { BUSY, catalog, report, START } from '../exporters/fixture.ts'

/** Holds an exporter to what every exporter must do; `open` makes a new one for sources `eth0` and `eth1`. */
export async function exporterContract(t: Test, open: () => Exporter): Promise<void> {
  await t.test('is named like a setting', async (t) => {
    await using exporter = open()
    t.match(exporter.name, /^[a-z][a-z0-9_-]*$/)
  })

  await t.test('takes an empty window, a gap and a window without statistics', async (t) => {
    await using exporter = open()
    const gap = { from: new Date(START.getTime() - 7_200_000), to: START }
    const empty = windowBetween(catalog, BUSY, BUSY, { start: START, seconds: 1, gap })
    await t.resolves(async () => exporter.publish(report('eth0', { window: empty, samples: [] })))
  })

  await t.test('takes reports of several sources in turn', async (t) => {
    await using exporter = open()
    for (const source of ['eth0', 'eth1', 'eth0']) await exporter.publish(report(source))
    t.pass()
  })

  await t.test('leaves the report as it was', async (t) => {
    await using exporter = open()
    const given = deepFreeze(report('eth0'))
    await t.resolves(async () => exporter.publish(given))
  })

  await t.test('is disposed of twice without harm', async (t) => {
    const exporter = open()
    await exporter.publish(report('eth0'))
    await exporter[Symbol.asyncDispose]()
    await t.resolves(async () => exporter[Symbol.asyncDispose]())
  })
}

function deepFreeze<T>(value: T): T {
  /* typed arrays cannot be frozen */
  if (typeof value === 'object' && value && !ArrayBuffer.isView(value) && !Object.isFrozen(value)) {
    Object.freeze(value)
    Object.values(value).forEach(deepFreeze)
  }
  return value
}
