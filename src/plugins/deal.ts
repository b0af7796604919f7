// SPDX-License-Identifier: Apache-2.0

import { layerViews } from './layer-views.ts'
import { LAYER_BITS } from './layers.ts'
import type { Part } from './part.ts'
import { AT, type Cursor, cursorOf } from './record.ts'

/** Makes the function that deals a batch of packets to counters and groups, each the packets that have its layer. */
export function deal(parts: readonly Part[]): (batch: Uint8Array) => void {
  const cursor = cursorOf(new Uint8Array())
  const views = layerViews(cursor)
  const dealt = parts.map((part) => ({
    part,
    bits: LAYER_BITS[part.layer],
    view: views[part.layer] as never,
  }))
  return (batch) => {
    Object.assign(cursor, cursorOf(batch))
    for (const { part, bits, view } of dealt) {
      cursor.at = 0
      while (cursor.at < batch.length && !part.disabled) dealOn(cursor, part, bits, view)
    }
  }
}

/** Deals up to the end of the batch, or to an error, which is noted. */
function dealOn(cursor: Cursor, part: Part, bits: number, shown: never): void {
  const { batch, view } = cursor
  const { process } = part
  try {
    while (cursor.at < batch.length) {
      if ((view.getUint32(cursor.at + AT.layers, true) & bits) === bits) process(shown)
      cursor.at += view.getUint32(cursor.at + AT.bytes, true)
    }
  } catch (error) {
    cursor.at += view.getUint32(cursor.at + AT.bytes, true)
    part.failed(error)
  }
}
