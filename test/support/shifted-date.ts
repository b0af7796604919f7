// SPDX-License-Identifier: Apache-2.0
/* Loaded before a program (`node --import`), it has its Date follow the milliseconds in the file CLOCK_OFFSET_FILE. */
import { readFileSync } from 'node:fs'

const file = process.env['CLOCK_OFFSET_FILE'] ?? ''
const real = Date

function now(): number {
  return real.now() + Number(readFileSync(file, 'utf8'))
}

globalThis.Date = class extends real {
  constructor(...values: readonly number[]) {
    if (values.length === 0) super(now())
    else super(...(values as [number]))
  }

  static override now = now
} as DateConstructor
