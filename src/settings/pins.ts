// SPDX-License-Identifier: Apache-2.0
import { isAbsolute } from 'node:path'
import { text, yesOrNo } from './format.ts'
import type { Section } from './setting.ts'

/** Whether the kernel goes on counting while the program is away. */
export interface PinsSettings {
  readonly enabled: boolean
  /** On a BPF file system. */
  readonly directory: string
}

export const pins: Section<PinsSettings> = {
  enabled: {
    doc: 'Whether the kernel goes on counting when the program ends, for the next start to go on from; `pktspot detach` ends it',
    default: false,
    flag: { name: 'pins.enabled' },
    format: yesOrNo,
  },
  directory: {
    doc: 'Directory on a BPF file system where the programs and tables are pinned, one a running program',
    default: '/sys/fs/bpf/pktspot',
    flag: { name: 'pins.directory', value: 'directory' },
    format: text('an absolute path', isAbsolute),
  },
}
