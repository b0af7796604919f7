// SPDX-License-Identifier: Apache-2.0
import { createHash } from 'node:crypto'
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** Layers in the order that packets are counted; a counter's file name begins with its layer's. */
const LAYERS = ['pkt', 'arp', 'ip', 'ip4', 'ip6', 'icmp4', 'icmp6', 'icmp', 'tcp', 'udp', 'clock']
/** Families of key fields, in the order that they are listed. */
const FAMILIES = ['eth', 'vlan', 'ip', 'l4', 'tcp', 'icmp', 'frame']
const NOTE = '/* Generated from native/core/counters by scripts/native/generate.mjs. */\n'

function write(path, text) {
  let old
  try {
    old = readFileSync(path, 'utf8')
  } catch {}
  if (old !== text) writeFileSync(path, text)
}

/** Writes one list of counters a layer and the list of all layers into `native/gen`. */
export function generateCounterLists(native) {
  const gen = join(native, 'gen')
  mkdirSync(gen, { recursive: true })
  const files = readdirSync(join(native, 'core/counters')).sort()
  const unknown = files.filter(
    (file) => !/^[a-z0-9]+_[a-z0-9_]+\.h$/.test(file) || !LAYERS.includes(file.split('_')[0]),
  )
  if (unknown.length > 0) {
    throw new Error(
      `native/core/counters/${unknown[0]}: name it <layer>_<counter>.h; layers: ${LAYERS.join(' ')}`,
    )
  }
  for (const layer of LAYERS) {
    const own = files.filter((file) => file.startsWith(`${layer}_`))
    write(
      join(gen, `${layer}.h`),
      NOTE + own.map((file) => `#include "../core/counters/${file}"\n`).join(''),
    )
  }
  write(join(gen, 'all.h'), NOTE + LAYERS.map((layer) => `#include "${layer}.h"\n`).join(''))
}

/** Writes the list of the fields of keys into `native/gen`. */
export function generateKeyList(native) {
  const files = readdirSync(join(native, 'core/keys')).sort(byFamily)
  const unknown = files.find((file) => !FAMILIES.includes(file.split('_')[0]))
  if (unknown) {
    throw new Error(
      `native/core/keys/${unknown}: name it <family>_<field>.h; families: ${FAMILIES.join(' ')}`,
    )
  }
  const note = NOTE.replace('counters', 'keys')
  const lines = files.map((file) => `#include "../core/keys/${file}"\n`)
  write(join(native, 'gen/keys.h'), note + lines.join(''))
}

function byFamily(a, b) {
  const family = (file) => FAMILIES.indexOf(file.split('_')[0])
  return family(a) - family(b) || (a < b ? -1 : 1)
}

/** Writes programs of BPF objects as C arrays. */
export function generateProgramHeader(programs, path) {
  const body = programs.map(({ name, instructions, references }) => {
    const words = instructions.map((word) => `0x${word.toString(16)}ull`)
    const lines = []
    for (let i = 0; i < words.length; i += 6) lines.push(`\t${words.slice(i, i + 6).join(', ')},`)
    const uses = references.map(
      ({ instruction, map, offset }) => `\t{${instruction}, MAP_${map.toUpperCase()}, ${offset}},`,
    )
    return `static const u64 ${name}_instructions[] = {\n${lines.join('\n')}\n};\n\nstatic const struct reference ${name}_references[] = {\n${uses.join('\n')}\n};\n`
  })
  write(
    path,
    `${NOTE.replace('core/counters', 'bpf').replace('generate', 'build')}${body.join('\n')}`,
  )
}

/** What lies in pinned memory, and what the programs on it agree about, in `native`; folders whole. */
const LAYOUT = [
  ...['types', 'table', 'layers', 'fields', 'hash', 'sketch', 'cache'].map(
    (name) => `core/${name}.h`,
  ),
  ...['core/group_spec.h', 'core/group_key.h', 'core/counters', 'core/keys'],
  ...['bpf/chain.h', 'addon/filter_set.h'],
]

/** Writes a digest of the layout of pinned memory; comments and blanks do not count. */
export function generateLayoutVersion(native) {
  const files = LAYOUT.flatMap((path) =>
    path.endsWith('.h')
      ? [path]
      : readdirSync(join(native, path))
          .sort()
          .map((file) => `${path}/${file}`),
  )
  const digest = createHash('sha256')
  for (const file of files) {
    const text = readFileSync(join(native, file), 'utf8')
    const code = text.replaceAll(/\/\*.*?\*\//gs, '').replaceAll(/\s+/g, ' ')
    digest.update(`${file} ${code}\n`)
  }
  const version = digest.digest('hex').slice(0, 16)
  write(
    join(native, 'gen/layout.h'),
    `${NOTE.replace('/core/counters', '')}#define LAYOUT_VERSION "${version}"\n`,
  )
}
