// SPDX-License-Identifier: Apache-2.0
import type { Carried, Carrier } from './carrier.ts'

/** A shift is lasting when at least this share of a long episode's values is anomalous. */
const LASTING_SHARE = 0.1

/**
 * Joins one tail's anomalies to events: only `holdOff` values without an anomaly end an episode.
 */
export class Episode implements Carried {
  readonly #holdOff: number
  readonly #maxEvent: number
  #start = 0
  #last = Number.NEGATIVE_INFINITY
  #length = 0
  /** True from an anomaly until the first value that is none. */
  open = false
  anomalies = 0
  events = 0

  constructor(holdOff: number, maxEvent: number) {
    this.#holdOff = holdOff
    this.#maxEvent = maxEvent
  }

  /** Joins the anomaly that is value number `at`; true when it opens a new event. */
  join(at: number): boolean {
    const opens = !this.open && at - this.#last > this.#holdOff
    if (opens) {
      this.#start = at
      this.#length = 0
      this.events++
    }
    this.open = true
    this.#last = at
    this.#length++
    this.anomalies++
    return opens
  }

  /** Values since the last anomaly; infinite before the first. */
  quiet(at: number): number {
    return at - this.#last
  }

  /** Whether the event has gone on for so long that it must be taken for the new normal. */
  lasting(at: number): boolean {
    const age = at - this.#start + 1
    return this.open && age >= this.#maxEvent && this.#length >= age * LASTING_SHARE
  }

  /** Carries the running event, not the totals. */
  carry(carrier: Carrier): void {
    this.#start = carrier.whole(this.#start)
    this.#last = carrier.number(this.#last)
    this.#length = carrier.whole(this.#length)
    this.open = carrier.flag(this.open)
  }

  /** Forgets the running event, not the totals. */
  reset(): void {
    this.open = false
    this.#last = Number.NEGATIVE_INFINITY
  }
}
