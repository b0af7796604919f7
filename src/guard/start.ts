// SPDX-License-Identifier: Apache-2.0
import type { Load, Shed } from '../capture/source.ts'
import { createGuard, type Step } from './guard.ts'

/** A source that the guard watches. */
export interface Guarded {
  readonly name: string
  load(): Load
  shed(what: Shed): void
}

export interface GuardOptions {
  /** Those of now. */
  readonly sources: () => Iterable<Guarded>
  /** Share of a core that all of them may take; null: any. */
  readonly limit: number | null
  /** Told of each step. */
  readonly warn: (line: string) => void
  readonly info: (line: string) => void
}

/** Milliseconds between two looks. */
const INTERVAL = 1000

/** What is shed, by step down. */
const SHED = { 1: "users' filters are", 2: 'groups are', 3: 'all counting on it is' } as const

/** Keeps what sources cost below the limit, until disposed of. */
export function startGuard({ sources, limit, warn, info }: GuardOptions): Disposable {
  if (limit === null) return { [Symbol.dispose]() {} }
  const guard = createGuard(limit)
  const look = (): void => {
    const now = new Map([...sources()].map((source) => [source.name, source]))
    const loads = new Map([...now].map(([name, source]) => [name, source.load()]))
    const step = guard.step(performance.now() / 1000, loads)
    if (!step) return
    now.get(step.name)?.shed(step.to)
    if (step.to > step.from) warn(shedLine(step, limit))
    else info(backLine(step, limit))
  }
  const timer = setInterval(look, INTERVAL).unref()
  return {
    [Symbol.dispose]() {
      clearInterval(timer)
    },
  }
}

function shedLine(step: Step, limit: number): string {
  const { name, to, ratio, total } = step
  const what = to === 0 ? '' : SHED[to]
  const all = total > ratio ? `, ${percent(total)} with the other interfaces` : ''
  return `guard: counting on ${name} takes ${percent(ratio)} of a core at ${rate(step)}${all}, above limits.cpu, ${percent(limit)}: ${what} shed until it fits again; traffic is not touched`
}

function backLine(step: Step, limit: number): string {
  const { name, from, to, total } = step
  const what = from === 3 ? 'counting is' : from === 2 ? 'groups are' : "users' filters are"
  const rest = to === 0 ? '' : `, without ${to === 1 ? "users' filters" : 'groups'}`
  return `guard: ${what} back on ${name}${rest}: at ${rate(step)} ${percent(total)} of a core is expected, limits.cpu is ${percent(limit)}`
}

function percent(ratio: number): string {
  return `${Number((ratio * 100).toPrecision(2))} %`
}

function rate({ packetsPerSecond }: Step): string {
  return `${Math.round(packetsPerSecond)} packets a second`
}
