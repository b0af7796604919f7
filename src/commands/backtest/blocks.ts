// SPDX-License-Identifier: Apache-2.0
import { join } from 'node:path'
import { runTool, type Surroundings } from './tool.ts'

/** Makes blocks of a file of samples, beside those that are in `folder`/data already. */
export async function makeBlocks(
  folder: string,
  path: string,
  { env, signal }: Surroundings,
): Promise<void> {
  const what = ['tsdb', 'create-blocks-from', 'openmetrics', '--quiet', path, join(folder, 'data')]
  /* one that is killed leaves its temporary files */
  const own = { env: { ...env, TMPDIR: folder }, signal }
  const { code, stderr } = await runTool('promtool', what, own)
  if (code !== 0) throw new Error(`promtool ${what.join(' ')}: ${stderr}`)
}
