// SPDX-License-Identifier: Apache-2.0
import { mkdtemp, open, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** Text of many series, told turn by turn and read series by series; what does not fit in memory waits in a file. */
export interface Spool extends AsyncDisposable {
  /** Begins a series. */
  series(): SpooledSeries
  /** Moves everything to the file. */
  flush(): Promise<void>
}

export interface SpooledSeries {
  /** Adds to its end; resolves when there is room again. */
  add(text: string): void | Promise<void>
  /** Gives its whole text in pieces that end where something added ended. */
  read(): AsyncIterable<string>
}

/** Characters of a series that are kept in memory. */
const KEPT = 4096

/** Opens a spool in the directory of temporary files; its file has no name, so that none is ever left behind. */
export async function openSpool(): Promise<Spool> {
  const folder = await mkdtemp(join(tmpdir(), 'pktspot-spool-'))
  const file = await open(join(folder, 'spool'), 'wx+', 0o600)
  await rm(folder, { recursive: true })
  const flushes: (() => Promise<void>)[] = []
  let end = 0

  function series(): SpooledSeries {
    let kept: string[] = []
    let length = 0
    const pieces: { position: number; bytes: number }[] = []

    async function flush(): Promise<void> {
      if (length === 0) return
      const bytes = Buffer.from(kept.join(''))
      kept = []
      length = 0
      const position = end
      end += bytes.length
      pieces.push({ position, bytes: bytes.length })
      for (let done = 0; done < bytes.length; ) {
        done += (await file.write(bytes, done, bytes.length - done, position + done)).bytesWritten
      }
    }
    flushes.push(flush)
    return {
      add(text) {
        kept.push(text)
        length += text.length
        return length < KEPT ? undefined : flush()
      },
      async *read() {
        await flush()
        for (const { position, bytes } of pieces) {
          const buffer = Buffer.allocUnsafe(bytes)
          for (let done = 0; done < bytes; ) {
            const { bytesRead } = await file.read(buffer, done, bytes - done, position + done)
            if (bytesRead === 0) throw new Error('the temporary file was cut short')
            done += bytesRead
          }
          yield buffer.toString()
        }
      },
    }
  }
  return {
    series,
    async flush() {
      for (const each of flushes) await each()
    },
    async [Symbol.asyncDispose]() {
      await file.close()
    },
  }
}
