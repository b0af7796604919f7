// SPDX-License-Identifier: Apache-2.0
import { join } from 'node:path'
import type { Test } from 'tap'
import type { Source } from '../../src/capture/source.ts'
import { network } from '../support/netns.ts'
import { packageRoot } from '../support/root.ts'

/** The capture file that every source is judged by. */
export const FIXTURE = join(packageRoot, 'test/fixtures/all.pcap')

/** A fresh source that has counted nothing yet, and the way to feed it. */
export interface Subject {
  readonly source: Source
  /** Sends the fixture once; a file source has it already and does nothing. */
  feed(): Promise<void>
}

export interface SourceCase {
  readonly name: string
  /** Whether windows follow the clock rather than timestamps. */
  readonly live: boolean
  open(t: Test): Promise<Subject>
}

/** A live source on a link of its own, fed by tcpreplay from the other end. */
export function onLink(name: string, open: (device: string) => Promise<Source>): SourceCase {
  return {
    name,
    live: true,
    open: async (t) => {
      const link = await network(t)
      const source = await open(link.here)
      const feed = async (): Promise<void> => {
        const sent = await link.send(FIXTURE, { perSecond: 20_000 })
        t.equal(sent.refused, 0, 'the kernel takes every frame')
      }
      return { source, feed }
    },
  }
}
