// SPDX-License-Identifier: Apache-2.0
import { CaptureError } from '../errors.ts'
import type { Defect, Fed } from '../native/binding.ts'

const hex = (value: number): string => `0x${value.toString(16).padStart(8, '0')}`

const WORDS: Readonly<Record<Defect, (detail: number) => string>> = {
  empty: (bytes) => `the file is no capture: it has ${bytes} bytes`,
  magic: (magic) => `the file is neither pcap nor pcapng: it begins with ${hex(magic)}`,
  cut: (bytes) => `the file ends inside a record, which needs at least ${bytes} bytes`,
  record: (bytes) => `a record of ${bytes} bytes; more than 16 MiB are not believed`,
  byteOrder: (magic) => `a section with the unknown byte-order magic ${hex(magic)}`,
  block: (bytes) => `a block of the impossible length ${bytes}`,
  packet: (bytes) => `a packet of ${bytes} bytes in a block that cannot hold it`,
  port: (number) => `a packet of interface ${number}, which the section does not describe`,
  ports: (count) => `more than ${count} interfaces in a section`,
}

/** Says what is wrong with a capture file and at which byte. */
export function defectError(
  name: string,
  { defect = 'empty', detail = 0, offset = 0 }: Fed,
): CaptureError {
  const code = defect === 'cut' ? 'PCAP_TRUNCATED' : 'PCAP_FORMAT'
  return new CaptureError(code, `${name}: byte ${offset}: ${WORDS[defect](detail)}.`)
}

/** Says that reading failed after so many bytes: the system's error, or a broken compression. */
export function readError(name: string, bytes: number, cause: unknown): CaptureError {
  const { code = '', message } = cause as NodeJS.ErrnoException
  const kind =
    code === 'Z_BUF_ERROR' ? 'PCAP_TRUNCATED' : code.startsWith('Z_') ? 'PCAP_FORMAT' : 'PCAP_OPEN'
  const words = code === 'Z_BUF_ERROR' ? 'the compressed file is cut short' : message
  const where = code.startsWith('Z_') ? `byte ${bytes} uncompressed` : `byte ${bytes}`
  return new CaptureError(kind, `${name}: ${where}: ${words}.`, { cause })
}
