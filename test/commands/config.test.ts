// SPDX-License-Identifier: Apache-2.0
import { join } from 'node:path'
import t from 'tap'
import { loadSettings } from '../../src/settings/load.ts'
import { pktspot } from './spawned.ts'

t.test(
  'config prints a file that check calls good, with where each value comes from',
  async (t) => {
    const folder = t.testdir({ 'a.yaml': 'period: 10\nlog:\n  level: warn\n' })
    const args = ['-c', join(folder, 'a.yaml'), '-i', 'eth0', '-i', '!eth1']
    const { code, stdout, stderr } = await pktspot(['config', ...args], { PKTSPOT_SOURCE: 'tcx' })
    t.match({ code, stderr }, { code: 0, stderr: '' })
    t.match(stdout, '\nperiod: 10 # ')
    t.match(stdout, `  level: "warn" # ${join(folder, 'a.yaml')}:3\n`)
    t.match(stdout, 'interfaces: ["eth0","!eth1"] # --interface\nsource: "tcx" # PKTSPOT_SOURCE\n')
    const settings = loadSettings({ file: { path: 'out', text: stdout }, env: {}, flags: {} })
    t.equal(settings.period, 10)
  },
)

t.test('config --json prints the object that the program works with', async (t) => {
  const { code, stdout } = await pktspot(['config', '--json'], { PKTSPOT_KERNEL_MEMORY: '64MiB' })
  t.equal(code, 0)
  const expected = loadSettings({ env: { PKTSPOT_KERNEL_MEMORY: '64MiB' }, flags: {} })
  t.strictSame(JSON.parse(stdout), expected)
})

t.test('config with a mistake prints nothing but the mistake', async (t) => {
  const { code, stdout, stderr } = await pktspot(['config'], { PKTSPOT_SORCE: 'tcx' })
  t.match({ code, stdout }, { code: 78, stdout: '' })
  t.match(stderr, /^pktspot: PKTSPOT_SORCE: .*did you mean PKTSPOT_SOURCE\?/)
})
