// SPDX-License-Identifier: Apache-2.0
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import { readSettingsFile } from '../../src/settings/file.ts'

t.test('a file is read whole', async (t) => {
  const path = join(t.testdir({ 'a.yaml': 'source: xdp # é\n' }), 'a.yaml')
  t.strictSame(await readSettingsFile(path), { path, text: 'source: xdp # é\n' })
})

t.test('what cannot be read is a SETTINGS error with the path', async (t) => {
  const folder = t.testdir({})
  const large = join(folder, 'large')
  const latin = join(folder, 'latin')
  await writeFile(large, 'x'.repeat(2 ** 20 + 1))
  await writeFile(latin, Buffer.from([0x61, 0xe9, 0x62]))
  const refused = (path: string, message: RegExp) =>
    t.rejects(readSettingsFile(path), { code: 'SETTINGS', message }, path)
  await refused(join(folder, 'none'), /none: cannot be read: ENOENT/)
  await refused(folder, /cannot be read: EISDIR/)
  await refused(large, /large: larger than 1 MiB/)
  await refused('/dev/zero', /^\/dev\/zero: larger than 1 MiB/)
  await refused(latin, /latin: not UTF-8/)
})
