// SPDX-License-Identifier: Apache-2.0

/** What the page shows, as its address says it: `#interface=eth0&window=10&statistic=R_SYN`. */
export interface Place {
  readonly interface: string | undefined
  readonly window: number | undefined
  readonly statistic: string | undefined
}

export function readPlace(): Place {
  const parameters = new URLSearchParams(location.hash.slice(1))
  const window = Number(parameters.get('window'))
  return {
    interface: parameters.get('interface') ?? undefined,
    window: window > 0 ? window : undefined,
    statistic: parameters.get('statistic') ?? undefined,
  }
}

/** Writes it into the address, so that it can be bookmarked and sent on. */
export function writePlace(place: Place): void {
  const parameters = new URLSearchParams()
  for (const [name, value] of Object.entries(place)) {
    if (value !== undefined) parameters.set(name, String(value))
  }
  history.replaceState(null, '', `#${parameters}`)
}
