// SPDX-License-Identifier: Apache-2.0
import { Worker } from 'node:worker_threads'
import type { Done, Task } from './bcrypt-worker.ts'

/** Compares passwords with hashes of bcrypt, one after the other, in a thread of its own. */
export interface Comparer extends AsyncDisposable {
  /** Undefined when too many wait already. */
  compare(password: string, hash: string): Promise<boolean> | undefined
}

/** Comparisons that may wait: at 0.1 s each, the last waits for two seconds. */
const WAITING = 20

/** Starts the thread at the first comparison. */
export function createComparer(): Comparer {
  interface Pending {
    resolve(good: boolean): void
    reject(error: Error): void
  }
  const pending = new Map<number, Pending>()
  let worker: Worker | undefined
  let last = 0

  const fail = (error: Error): void => {
    worker = undefined
    for (const each of pending.values()) each.reject(error)
    pending.clear()
  }
  const start = (): Worker => {
    const started = new Worker(new URL('./bcrypt-worker.js', import.meta.url), {
      execArgv: [],
      env: {},
    })
    started.on('message', ({ id, good }: Done) => {
      pending.get(id)?.resolve(good)
      pending.delete(id)
      if (pending.size === 0) started.unref()
    })
    started.on('error', fail)
    started.on('exit', () => fail(new Error('the thread that compares passwords has ended')))
    return started
  }
  return {
    compare(password, hash) {
      if (pending.size >= WAITING) return undefined
      worker ??= start()
      worker.ref()
      const task: Task = { id: ++last, password, hash }
      return new Promise((resolve, reject) => {
        pending.set(task.id, { resolve, reject })
        worker?.postMessage(task)
      })
    },
    async [Symbol.asyncDispose]() {
      await worker?.terminate()
    },
  }
}
