// SPDX-License-Identifier: Apache-2.0
import { type Column, type Format, text, whole } from './format.ts'
import { row } from './row.ts'
import { either, mapping } from './structure.ts'

/** A meter as the file has it. */
export interface MeterSetting {
  readonly id: number
  /** Name of a vartype, without `T.K.vartype.`. */
  readonly vartype: string
  readonly top_n?: number
  readonly bottom_n?: number
  readonly name: string
  readonly description: string
  readonly units?: string
  /** Field whose values are the samples. */
  readonly value?: string
  /** Field whose distinct values are counted. */
  readonly unique?: string
}

const quote = (written: unknown) =>
  typeof written === 'number' || typeof written === 'boolean' ? 'put it in quotes' : undefined

const id = whole(0, 999)
const most = whole(0, 1000)

const vartype: Format<string> = {
  ...text('a vartype such as COUNTER or T.K.vartype.COUNTER', (word) => bare(word) !== ''),
  read: (written) => (typeof written === 'string' && bare(written) ? bare(written) : undefined),
}

const name = text(
  'a name of a letter and at most 8 more letters, digits, blanks and _',
  (written) => /^[A-Za-z][A-Za-z0-9_ ]{0,8}$/.test(written),
  quote,
)

const description = text(
  'one line of 1 to 200 characters that says what is measured',
  (written) => /^[^\p{Cc}]{1,200}$/u.test(written) && /\S/.test(written),
  quote,
)

const units = text(
  'a unit of at most 20 characters, such as B, Bps, bps, Pkts, pps or ms',
  (written) => /^[^\p{Cc}]{0,20}$/u.test(written),
  quote,
)

const field = text('the name of a field, such as ip.ttl', (written) => written !== '')

const columns = { id, vartype, top_n: most, bottom_n: most, name, description, units } as const

/** Names of a row's columns: all seven, or six without bottom_n. */
export function meterColumns(length: number): readonly string[] {
  const names = Object.keys(columns)
  return length === 6 ? names.filter((each) => each !== 'bottom_n') : names
}

const asRow = row<MeterSetting>(
  'a row of 7: id, vartype, top-N, bottom-N, name, description, units (or of 6, without bottom-N)',
  (cells): readonly Column[] | undefined => {
    const six = cells.length === 6 && typeof cells[3] === 'string'
    if (cells.length !== 7 && !six) return undefined
    return meterColumns(cells.length).map((each) => ({
      name: each,
      format: columns[each as keyof typeof columns],
    }))
  },
)

const asMapping = mapping<MeterSetting>({
  id: { format: id, required: true },
  vartype: { format: vartype, required: true },
  top_n: { format: most },
  bottom_n: { format: most },
  name: { format: name, required: true },
  description: { format: description, required: true },
  units: { format: units },
  value: { format: field },
  unique: { format: field },
})

/** Allows a meter as a row or as a mapping; the value is the mapping. */
export const meter: Format<MeterSetting> = either(
  `${asRow.expected}, or ${asMapping.expected}`,
  (written) =>
    Array.isArray(written)
      ? asRow
      : typeof written === 'object' && written !== null
        ? asMapping
        : undefined,
)

function bare(written: string): string {
  return written.replace(/^T\.K\.vartype\./, '')
}
