// SPDX-License-Identifier: Apache-2.0
import { setTimeout as sleep } from 'node:timers/promises'
import t from 'tap'
import { loadAddon, loadCatalog } from '../../src/native/binding.ts'
import { FIXTURE } from '../contracts/subject.ts'
import { network } from '../support/netns.ts'
import { missingPrivilege } from '../support/privileges.ts'

const skip = missingPrivilege() ?? false

t.test(
  'what a small ring has no room for is told as lost, and nothing else is',
  { skip },
  async (t) => {
    const addon = loadAddon()
    const link = await network(t)
    const handle = addon.openPacketSocket(addon.interfaceIndex(link.here), 1, 12, 1n, false, true)
    t.teardown(() => addon.close(handle))
    const { slots, clocks } = addon.sizes(12)
    const look = (): { counted: number; lost: number } => {
      const [into, lost] = [new BigUint64Array(slots), new BigUint64Array(1)]
      addon.look(handle, into, new BigUint64Array(clocks), lost)
      const index = loadCatalog().find('PKTS')?.index ?? -1
      return { counted: Number(into[index]), lost: Number(lost[0]) }
    }
    const { packets } = await link.send(FIXTURE, { loop: 400 })
    addon.startPacketSocket(handle)
    const sum = ({ counted, lost }: ReturnType<typeof look>): number => counted + lost
    for (const end = Date.now() + 3000; sum(look()) < packets && Date.now() < end; ) await sleep(20)
    const { counted, lost } = look()
    t.ok(counted > 0 && lost > 0, `${counted} counted, ${lost} lost`)
    t.equal(counted + lost, packets)
  },
)
