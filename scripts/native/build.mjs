// SPDX-License-Identifier: Apache-2.0
// Builds the addon with the BPF programs inside: prebuilds/linux-<arch>/pktspot.node.
import { execFileSync } from 'node:child_process'
import { mkdirSync, readdirSync, renameSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { readBpfObject } from './elf.mjs'
import {
  generateCounterLists,
  generateKeyList,
  generateLayoutVersion,
  generateProgramHeader,
} from './generate.mjs'

const root = join(import.meta.dirname, '../..')
const { values } = parseArgs({
  options: {
    arch: { type: 'string', default: process.arch },
    native: { type: 'string', default: join(root, 'native') },
    out: { type: 'string', default: join(root, 'prebuilds') },
  },
})
const compilers = { x64: 'x86_64-linux-gnu-gcc', arm64: 'aarch64-linux-gnu-gcc' }
const cc = values.arch === process.arch ? (process.env.CC ?? 'cc') : compilers[values.arch]
if (!cc) throw new Error(`--arch ${values.arch}: build for ${Object.keys(compilers).join(' or ')}`)

const { native } = values
const gen = join(native, 'gen')
generateCounterLists(native)
generateKeyList(native)
generateLayoutVersion(native)

const triple = { x64: 'x86_64-linux-gnu', arm64: 'aarch64-linux-gnu' }[process.arch]

/** Compiles a BPF source; gives the programs of its sections, their names after the prefix. */
function compileBpf(name, prefix, sections = ['xdp', 'tcx']) {
  const object = join(gen, `${name}.o`)
  execFileSync(
    process.env.CLANG ?? 'clang',
    // biome-ignore format: a command line
    ['-target', 'bpf', '-mcpu=v3', '-O2', '-g', '-fno-jump-tables', '-Wall', '-Wextra', '-Werror', `-I/usr/include/${triple}`, '-c', join(native, 'bpf', `${name}.c`), '-o', object],
    { stdio: 'inherit' },
  )
  const programs = readBpfObject(object, sections)
  return programs.map((program) => ({ ...program, name: `${prefix}${program.name}` }))
}
const programs = [
  ...compileBpf('pktspot.bpf', ''),
  ...compileBpf('pktspot_group.bpf', 'group_'),
  ...compileBpf('pktspot_drops.bpf', 'drops_', ['raw_tp']),
]
generateProgramHeader(programs, join(gen, 'programs.h'))

const folder = join(values.out, `linux-${values.arch}`)
mkdirSync(folder, { recursive: true })
const sources = readdirSync(join(native, 'addon')).filter((file) => file.endsWith('.c'))
const { include_dir: headers } = createRequire(import.meta.url)('node-api-headers')
const addon = join(folder, 'pktspot.node')
execFileSync(
  cc,
  // biome-ignore format: a command line
  ['-shared', '-fPIC', '-O2', '-std=gnu11', '-fvisibility=hidden', '-fno-math-errno', '-Wall', '-Wextra', '-Werror', '-I', headers,
    ...sources.map((file) => join(native, 'addon', file)), '-Wl,-z,relro,-z,now', '-o', `${addon}.new`],
  { stdio: 'inherit' },
)
renameSync(`${addon}.new`, addon)
