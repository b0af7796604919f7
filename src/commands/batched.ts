// SPDX-License-Identifier: Apache-2.0
import type { Write } from '../exporters/ndjson.ts'

/** Characters written at once. */
const BATCH = 65536

/** Milliseconds after which less is written, too: a live input shows each window as it closes. */
const PATIENCE = 100

/** Gathers text into large writes. */
export function batched(out: (text: string) => Promise<void>): {
  write: Write
  flush(): Promise<void>
} {
  let texts: string[] = []
  let length = 0
  let flushed = 0
  async function flush(): Promise<void> {
    const text = texts.join('')
    texts = []
    length = 0
    flushed = Date.now()
    if (text !== '') await out(text)
  }
  return {
    flush,
    write(text) {
      texts.push(text)
      length += text.length
      if (length >= BATCH || Date.now() - flushed >= PATIENCE) return flush()
      return undefined
    },
  }
}
