// SPDX-License-Identifier: Apache-2.0
import t from 'tap'
import type { LiveMode } from '../../src/capture/modes.ts'
import { openInterface } from '../../src/capture/open.ts'
import { sourceContract } from '../contracts/source.ts'
import { onLink } from '../contracts/subject.ts'
import { missingCap } from '../support/modes.ts'
import { missingPrivilege } from '../support/privileges.ts'

const skip = missingPrivilege() ?? false
const MODES: readonly LiveMode[] = ['xdp', 'xdp-generic', 'tcx', 'packet-socket', 'libpcap']

for (const mode of MODES) {
  const reason = skip || (mode === 'libpcap' && missingCap()) || false
  t.test(`${mode} keeps the contract of a source`, { skip: reason }, (t) => {
    const open = async (device: string) => {
      const { source, passedOver } = await openInterface(device, {
        source: mode,
        budgetBytes: 64 * 2 ** 20,
        transmit: true,
      })
      t.same([source.mode, passedOver], [mode, []], 'in this mode and not beside another')
      return source
    }
    return sourceContract(t, onLink(mode, open))
  })
}
