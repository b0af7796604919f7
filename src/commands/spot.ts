// SPDX-License-Identifier: Apache-2.0
import { createCompatDetector } from '../spot/compat/compat.ts'
import type { Detector, Judgement } from '../spot/detector.ts'
import { defaultLevel } from '../spot/options.ts'
import { createDetector } from '../spot/spot.ts'
import { EXIT, type ExitCode, type Io } from './command.ts'

/** Flags of the command line, as given or by default. */
export interface SpotFlags {
  readonly q: number
  readonly level?: number
  readonly nInit: number
  readonly maxExcess: number
  readonly depth: number
  readonly tail?: 'upper' | 'lower' | 'both'
  readonly holdOff: number
  readonly maxEvent: number
  readonly compat?: 'libspot'
  readonly discard: boolean
}

/** The most values that --n-init and --depth keep in memory. */
const MOST = 10_000_000

/** The fewest first values: five markers of the reference's quantile, or enough for a level. */
const FEWEST = { compat: 5, standard: 50 } as const

/** Longer than any number; what has no end of line by then is none. */
const LONGEST_LINE = 4096

/** Makes the detector that the flags ask for, or says what is wrong with them. */
export function detectorOf(flags: SpotFlags): Detector | string {
  const { compat, tail = compat ? 'upper' : 'both', discard, nInit, depth } = flags
  if (!discard && !compat) return '--no-discard needs --compat libspot'
  if (compat && tail === 'both') {
    return '--compat libspot watches one tail a run; choose --tail upper or --tail lower'
  }
  const fewest = compat ? FEWEST.compat : FEWEST.standard
  if (nInit < fewest || nInit > MOST) return `--n-init must be between ${fewest} and ${MOST}`
  if (depth > MOST) return `--depth must be at most ${MOST}`
  const tails = tail === 'both' ? (['lower', 'upper'] as const) : ([tail] as const)
  const { q, maxExcess, holdOff, maxEvent, level = compat ? 0.98 : defaultLevel(nInit) } = flags
  const common = { tails, q, level, nInit, maxExcess, depth }
  try {
    if (compat) return createCompatDetector({ ...common, discard })
    return createDetector({ ...common, holdOff, maxEvent })
  } catch (error) {
    if (!(error instanceof RangeError)) throw error
    const dashed = (name: string): string => name.replace(/[A-Z]/, (c) => `-${c.toLowerCase()}`)
    return error.message.replace(/^\w+/, (name) => `--${dashed(name)}`)
  }
}

/**
 * Judges numbers, one a line, and prints an object for each as soon as it is read; ends with 1 at
 * a line that is no number.
 */
export async function spotCommand(detector: Detector, io: Io): Promise<ExitCode> {
  const judge = judging(detector)
  let rest = ''
  try {
    for await (const chunk of io.input()) {
      const text = rest + chunk.toString('latin1')
      const end = text.lastIndexOf('\n') + 1
      rest = text.slice(end)
      const { printed, wrong } = judge(text.slice(0, end))
      await io.out(printed)
      if (wrong !== undefined) return failed(wrong, io)
      if (rest.length > LONGEST_LINE) break
    }
  } catch (error) {
    if (!(error instanceof Error) || !('syscall' in error)) throw error
    return failed(`cannot be read: ${error.message}`, io)
  }
  if (rest === '') return EXIT.good
  const { printed, wrong } = judge(`${rest}\n`)
  await io.out(printed)
  return wrong === undefined ? EXIT.good : failed(wrong, io)
}

function failed(what: string, io: Io): ExitCode {
  io.err(`pktspot: stdin: ${what}`)
  return EXIT.failed
}

/** What became of some lines: up to one that is wrong, if any is. */
interface Judged {
  readonly printed: string
  readonly wrong?: string
}

/** Judges whole lines, counting on from call to call. */
function judging(detector: Detector): (text: string) => Judged {
  let n = 0
  let last: Judgement | undefined
  let tail = ''
  return (text) => {
    let printed = ''
    for (let from = 0; from < text.length; ) {
      const to = text.indexOf('\n', from)
      const line = text.slice(from, to)
      const value = numberOf(line)
      from = to + 1
      n++
      if (value === undefined) {
        return {
          printed,
          wrong: `line ${n}: ${quoted(line)} is no number; see pktspot spot --help`,
        }
      }
      const judgement = detector.judge(value)
      /* most values get the very same answer as the one before */
      if (judgement !== last) tail = rendered(judgement)
      last = judgement
      printed += `{"n":${n},"value":${json(value)}${tail}`
    }
    return { printed }
  }
}

/** NaN for a missing value, undefined for what is no number. */
function numberOf(line: string): number | undefined {
  if (line.length > LONGEST_LINE) return undefined
  const value = Number(line)
  if (value !== 0 && !Number.isNaN(value)) return value
  const word = line.trim().toLowerCase()
  if (word === '') return Number.NaN
  if (!Number.isNaN(value)) return value
  if (/^[+-]?nan$|^null$/.test(word)) return Number.NaN
  const infinite = /^([+-]?)inf(inity)?$/.exec(word)
  return infinite ? Number(`${infinite[1]}Infinity`) : undefined
}

function rendered({ verdict, tail, upper, lower, probability }: Judgement): string {
  return `,"verdict":"${verdict}","tail":${tail ? `"${tail}"` : null},"upper":${json(upper)},"lower":${json(lower)},"probability":${json(probability)}}\n`
}

function json(value: number): string {
  return Number.isFinite(value) ? `${value}` : 'null'
}

function quoted(line: string): string {
  const text = line.trim()
  return JSON.stringify(text.length > 40 ? `${text.slice(0, 40)}…` : text)
}
