// SPDX-License-Identifier: Apache-2.0

/** What was counted since the start, and how fast it came in the last interval: NaN before the first one ends. */
export interface Traffic {
  readonly packets: number
  /** Of frames without their check sequence. */
  readonly bytes: number
  readonly packetsPerSecond: number
  readonly bitsPerSecond: number
}

/** Sums since the start. */
export interface Count {
  readonly packets: bigint
  readonly bytes: bigint
}

export const NO_COUNT: Count = { packets: 0n, bytes: 0n }

/** Gives the traffic between two counts that lie this many seconds apart; without an earlier one no rate is known. */
export function trafficBetween(before: Count | undefined, now: Count, seconds: number): Traffic {
  const rate = (rise: bigint): number => (before && seconds > 0 ? Number(rise) / seconds : NaN)
  return {
    packets: Number(now.packets),
    bytes: Number(now.bytes),
    packetsPerSecond: rate(now.packets - (before?.packets ?? 0n)),
    bitsPerSecond: 8 * rate(now.bytes - (before?.bytes ?? 0n)),
  }
}

/** Adds traffic up, as of several interfaces; nothing adds up to no traffic. */
export function sumOf(all: readonly Traffic[]): Traffic {
  const sum = (of: (each: Traffic) => number): number =>
    all.reduce((total, each) => total + of(each), 0)
  return {
    packets: sum((each) => each.packets),
    bytes: sum((each) => each.bytes),
    packetsPerSecond: sum((each) => each.packetsPerSecond),
    bitsPerSecond: sum((each) => each.bitsPerSecond),
  }
}

/** Takes traffic away; what is estimated never makes less than nothing. */
export function without(total: Traffic, parts: readonly Traffic[]): Traffic {
  const sum = sumOf(parts)
  const left = (of: (each: Traffic) => number): number => {
    const rest = of(total) - of(sum)
    /* what sums of rates leave over by rounding is nothing */
    return Number.isNaN(rest) || rest > 1e-9 * of(total) ? rest : 0
  }
  return {
    packets: left((each) => each.packets),
    bytes: left((each) => each.bytes),
    packetsPerSecond: left((each) => each.packetsPerSecond),
    bitsPerSecond: left((each) => each.bitsPerSecond),
  }
}
