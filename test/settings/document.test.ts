// SPDX-License-Identifier: Apache-2.0
import t from 'tap'
import { settingsTable } from '../../src/settings/document.ts'
import { effectiveYaml } from '../../src/settings/effective.ts'
import { loadSettings, resolveSettings } from '../../src/settings/load.ts'
import { keys } from '../../src/settings/settings.ts'

t.test('the table has a row for every setting, and five cells in every row', async (t) => {
  const rows = settingsTable().trimEnd().split('\n')
  t.equal(rows.length, keys.length + 2)
  for (const row of rows) t.equal(row.split(/(?<!\\)\|/).length, 7, row)
  t.match(
    rows.find((row) => row.startsWith('| `kernel_memory`')),
    '| `kernel_memory` | `"32MiB"` | `PKTSPOT_KERNEL_MEMORY` |  | Most memory',
  )
  t.match(
    rows.find((row) => row.startsWith('| `source`')),
    '| `source` | `"auto"` | `PKTSPOT_SOURCE` | `--source` |',
  )
})

t.test('the settings in force are printed as a file that gives them again', async (t) => {
  const given = resolveSettings({
    file: { path: 'f.yaml', text: 'spot: {max_event: 90s}\nkernel_memory: 2000001B\n' },
    env: { PKTSPOT_WEB_LISTEN_ADDRESS: ':1,[::1]:2', PKTSPOT_SPOT_Q: '1e-7' },
    flags: { interface: ['eth*', '!eth1'] },
  })
  const text = effectiveYaml(given)
  t.strictSame(loadSettings({ file: { path: 'g', text }, env: {}, flags: {} }), given.settings)
  t.match(text, /^interfaces: \["eth\*","!eth1"\] # --interface$/m)
  t.match(text, /^ {2}max_event: "90s" # f.yaml:1$/m)
  t.match(text, /^ {2}listen_address: .* # PKTSPOT_WEB_LISTEN_ADDRESS$/m)
  t.match(text, /^period: 1 # default$/m)
})
