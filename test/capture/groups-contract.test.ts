// SPDX-License-Identifier: Apache-2.0
import t from 'tap'
import { openCaptureFile } from '../../src/capture/pcap-file.ts'
import { groupsContract } from '../contracts/groups.ts'
import { FIXTURE } from '../contracts/subject.ts'

for (const tables of [1, 4]) {
  const name = `a capture file dealt to ${tables}`
  t.test(`${name} keeps the contract of groups`, (t) =>
    groupsContract(t, {
      name,
      live: false,
      open: async () => ({
        source: await openCaptureFile(FIXTURE, { tables }),
        feed: async () => undefined,
      }),
    }),
  )
}
