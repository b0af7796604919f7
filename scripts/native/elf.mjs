// SPDX-License-Identifier: Apache-2.0
import { readFileSync } from 'node:fs'

const R_BPF_64_64 = 1

/**
 * Reads a BPF object: for each program section its instructions (as unsigned 64-bit) and its references to maps.
 * Layout: ELF-64 (System V ABI), relocations of the kernel's Documentation/bpf/llvm_reloc.rst.
 */
export function readBpfObject(path, programs) {
  const file = readFileSync(path)
  if (file.readUInt32BE(0) !== 0x7f454c46) throw new Error(`${path}: not an ELF file`)
  const table = Number(file.readBigUInt64LE(40))
  const count = file.readUInt16LE(60)
  const headers = Array.from({ length: count }, (_, index) => {
    const at = table + index * 64
    return {
      name: file.readUInt32LE(at),
      type: file.readUInt32LE(at + 4),
      offset: Number(file.readBigUInt64LE(at + 24)),
      size: Number(file.readBigUInt64LE(at + 32)),
      link: file.readUInt32LE(at + 40),
      info: file.readUInt32LE(at + 44),
    }
  })
  const text = (strings, offset) => {
    const start = strings.offset + offset
    return file.toString('latin1', start, file.indexOf(0, start))
  }
  const names = headers[file.readUInt16LE(62)]
  const sections = headers.map((header) => ({ ...header, title: text(names, header.name) }))
  const symbols = sections.find((section) => section.type === 2)
  const symbol = (index) => {
    const at = symbols.offset + index * 24
    return {
      name: text(sections[symbols.link], file.readUInt32LE(at)),
      value: Number(file.readBigUInt64LE(at + 8)),
    }
  }
  return programs.map((name) => {
    const index = sections.findIndex((section) => section.title === name)
    if (index < 0) throw new Error(`${path}: no section ${name}`)
    const { offset, size } = sections[index]
    const instructions = Array.from({ length: size / 8 }, (_, i) =>
      file.readBigUInt64LE(offset + i * 8),
    )
    const relocations = sections.find((section) => section.type === 9 && section.info === index)
    const references = Array.from({ length: (relocations?.size ?? 0) / 16 }, (_, i) => {
      const at = relocations.offset + i * 16
      if (file.readUInt32LE(at + 8) !== R_BPF_64_64) {
        throw new Error(`${path}: section ${name}: only references to maps can be loaded`)
      }
      const target = symbol(file.readUInt32LE(at + 12))
      return {
        instruction: Number(file.readBigUInt64LE(at)) / 8,
        map: target.name,
        offset: target.value,
      }
    })
    return { name, instructions, references }
  })
}
