// SPDX-License-Identifier: Apache-2.0
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { arch, tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { Test } from 'tap'
import { command, must } from './command.ts'
import { CLASSIC_DROP, COUNTING_XDP, TCX_DROP } from './foreign-programs.ts'

/** Somebody else's program on an interface. */
export interface Foreign {
  /** Kernel's identifier of the program that is attached now; undefined when none is. */
  id(): Promise<number | undefined>
  /** Frames that it has seen. */
  count(): Promise<number>
}

/** Why foreign programs cannot be built and attached here; undefined when they can. */
export async function missingTools(...tools: readonly string[]): Promise<string | undefined> {
  const absent: string[] = []
  for (const tool of tools) {
    await command(tool, ['-V']).catch(() => absent.push(tool))
  }
  return absent.length > 0 ? `needs the programs ${absent.join(', ')}` : undefined
}

/** Attaches a counting XDP program that passes every frame. */
export async function foreignXdp(
  t: Test,
  device: string,
  mode: 'xdpgeneric' | 'xdpdrv',
): Promise<Foreign> {
  const object = await compileBpf(t, COUNTING_XDP)
  await must('ip', 'link', 'set', 'dev', device, mode, 'obj', object, 'sec', 'xdp')
  const attached = async (): Promise<number | undefined> => {
    const [link] = JSON.parse(await must('ip', '-json', 'link', 'show', 'dev', device)) as {
      xdp?: { prog?: { id: number } }
    }[]
    return link?.xdp?.prog?.id
  }
  const id = await attached()
  const shown = await must('bpftool', '--json', 'prog', 'show', 'id', String(id))
  const [map] = (JSON.parse(shown) as { map_ids: number[] }).map_ids
  return {
    id: attached,
    async count() {
      const dump = await must('bpftool', '--json', 'map', 'dump', 'id', String(map))
      const [entry] = JSON.parse(dump) as { value: string[] }[]
      const bytes = Buffer.from((entry?.value ?? []).map(Number))
      return Number(bytes.readBigUInt64LE())
    },
  }
}

/** Puts a filter of the traffic control on receive that drops every frame. */
export async function dropByClsact(t: Test, device: string): Promise<void> {
  const object = await compileBpf(t, CLASSIC_DROP)
  await must('tc', 'qdisc', 'add', 'dev', device, 'clsact')
  const filter = ['bpf', 'direct-action', 'obj', object, 'sec', 'tc']
  await must('tc', 'filter', 'add', 'dev', device, 'ingress', ...filter)
}

/** Attaches a tcx program behind all others on receive that drops every frame; it lasts until the test ends. */
export async function dropByTcx(t: Test, device: string): Promise<void> {
  const folder = await temporary(t)
  const [source, file] = [join(folder, 'drop.c'), join(folder, 'drop')]
  await writeFile(source, TCX_DROP)
  await must('gcc', '-O1', '-o', file, source)
  const child = spawn(file, [device], { stdio: ['ignore', 'pipe', 'inherit'] })
  t.teardown(async () => {
    const ended = once(child, 'exit')
    if (child.kill('SIGKILL')) await ended
  })
  const [line] = await Promise.race([
    once(createInterface({ input: child.stdout }), 'line') as Promise<[string]>,
    once(child, 'exit').then(([code]) => [`exit ${code}`]),
  ])
  if (line !== 'attached') throw new Error(`${device}: foreign tcx program: ${line}`)
}

async function compileBpf(t: Test, text: string): Promise<string> {
  const folder = await temporary(t)
  const [source, object] = [join(folder, 'foreign.bpf.c'), join(folder, 'foreign.bpf.o')]
  await writeFile(source, text)
  const triple = { x64: 'x86_64-linux-gnu', arm64: 'aarch64-linux-gnu' }[arch()] ?? ''
  const options = ['-target', 'bpf', '-O2', '-g', `-I/usr/include/${triple}`]
  await must('clang', ...options, '-c', source, '-o', object)
  return object
}

async function temporary(t: Test): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'pktspot-foreign-'))
  t.teardown(() => rm(folder, { recursive: true }))
  return folder
}
