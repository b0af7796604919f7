// SPDX-License-Identifier: Apache-2.0
import { choice, type Format, text } from './format.ts'
import { listOf, mapping } from './structure.ts'
import { isStatisticName } from './user-statistics.ts'

/** What a packet that matches adds: itself, the bytes of its frame, or those behind its TCP or UDP header. */
export type CounterAdd = 1 | 'bytes' | 'payload_bytes'

/** A counter that users define by a filter. */
export interface UserCounter {
  readonly name: string
  /** What it counts, without a full stop. */
  readonly help: string
  /** Layer that packets must have, as in `list counters`. */
  readonly layer: string
  /** In pcap-filter's language. */
  readonly filter: string
  /** 1 unless given. */
  readonly add?: CounterAdd
  /** Field whose different values are counted instead. */
  readonly unique?: string
}

const words = choice(['bytes', 'payload_bytes'])

const add: Format<CounterAdd> = {
  expected: '1, bytes or payload_bytes',
  words: ['1', 'bytes', 'payload_bytes'],
  read: (written) => (written === 1 || written === '1' ? 1 : words.read(written)),
  show: (value) => value,
}

export const counters: Format<readonly UserCounter[]> = listOf(
  mapping<UserCounter>({
    name: {
      format: text('a name of a letter and up to 63 letters, digits and _', isStatisticName),
      required: true,
    },
    help: {
      format: text('one line of 1 to 200 characters that says what it counts', (written) =>
        /^[^\p{Cc}]{1,200}$/u.test(written),
      ),
      required: true,
    },
    layer: { format: text('a layer such as TCP', (written) => written !== ''), required: true },
    filter: {
      format: text('a filter such as "tcp port 80"', (written) => /\S/.test(written)),
      required: true,
    },
    add: { format: add },
    unique: { format: text('the name of a field, such as ip.src', (written) => written !== '') },
  }),
)
