// SPDX-License-Identifier: Apache-2.0
import { parentPort } from 'node:worker_threads'
import { compareSync } from 'bcryptjs'

/** A password to be compared with a hash. */
export interface Task {
  readonly id: number
  readonly password: string
  readonly hash: string
}

/** Whether they belong together. */
export interface Done {
  readonly id: number
  readonly good: boolean
}

/* a comparison takes 0.1 s and more, in which this thread hears nothing else */
parentPort?.on('message', ({ id, password, hash }: Task) => {
  const done: Done = { id, good: compareSync(password, hash) }
  parentPort?.postMessage(done)
})
