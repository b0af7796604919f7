// SPDX-License-Identifier: Apache-2.0
import { setTimeout as sleep } from 'node:timers/promises'
import type { Source } from '../../src/capture/source.ts'
import type { Reading } from '../../src/counters/reading.ts'
import type { Window } from '../../src/counters/window.ts'
import type { Truth } from '../support/truth.ts'

/** Feeds a source while its windows are collected, until all frames are counted or the file ends. */
export async function fed(
  source: Source,
  feed: () => Promise<void>,
  truth: Truth,
  seconds: number,
  isTwice = false,
): Promise<Window[]> {
  const stop = new AbortController()
  const windows: Window[] = []
  const collect = async (): Promise<void> => {
    for await (const window of source.windows(seconds, stop.signal)) windows.push(window)
  }
  const collecting = collect()
  /* its failure is reported below, after the feeding */
  collecting.catch(() => undefined)
  await feed()
  const expected = (truth.counters['PKTS'] ?? 0) * (isTwice ? 2 : 1)
  const end = Date.now() + 3000
  while (Number(slot(source, source.look(), 'PKTS')) < expected && Date.now() < end) await sleep(10)
  if (source.mode !== 'pcap-file') stop.abort()
  await collecting
  return windows
}

/** Feeds a live source in two windows with a silent one between, each time soon after a window began. */
export async function twice(feed: () => Promise<void>, live: boolean): Promise<void> {
  if (!live) return
  for (const silence of [0, 2000]) {
    await sleep(silence)
    await sleep(1150 - (Date.now() % 1000))
    await feed()
  }
}

/** A sum by name. */
export function slot(source: Source, reading: Reading, name: string): bigint | undefined {
  const counter = source.catalog.find(name)
  return counter && reading.slots[counter.index]
}
