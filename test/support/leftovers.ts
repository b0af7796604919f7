// SPDX-License-Identifier: Apache-2.0
import { setTimeout as sleep } from 'node:timers/promises'
import { command, must } from './command.ts'

const KINDS = ['link', 'prog', 'map'] as const

/** BPF objects of the whole machine: kind, identifier, type and name of each, without what changes by itself. */
export async function bpfObjects(): Promise<Set<string>> {
  const listed = await Promise.all(
    KINDS.map(async (kind) => {
      const output = await list(kind)
      const objects = JSON.parse(output || '[]') as readonly Record<string, unknown>[]
      return objects.map(({ id, type, name = '' }) => `${kind} ${id} ${type} ${name}`.trim())
    }),
  )
  return new Set(listed.flat())
}

/** Lists one kind; bpftool fails when an object is freed while it walks the list, so it gets more tries. */
async function list(kind: (typeof KINDS)[number]): Promise<string> {
  for (let tries = 0; tries < 10; tries++) {
    const { code, stdout } = await command('bpftool', ['--json', kind, 'show'])
    if (code === 0) return stdout
    await sleep(20)
  }
  return must('bpftool', '--json', kind, 'show')
}

/**
 * BPF objects that were not there before; the kernel frees with a delay, so it waits a while for none. It does not look at
 * once: bpftool opens what it lists, and an array of programs that is opened while the kernel empties it is never freed
 * (two releases queue the work once, and each takes a reference).
 */
export async function leftovers(
  before: ReadonlySet<string>,
  milliseconds = 3000,
): Promise<string[]> {
  await sleep(300)
  for (const end = Date.now() + milliseconds; ; await sleep(50)) {
    const remaining = [...(await bpfObjects())].filter((object) => !before.has(object))
    if (remaining.length === 0 || Date.now() > end) return remaining
  }
}
