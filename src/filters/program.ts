// SPDX-License-Identifier: Apache-2.0

/** A filter as classic BPF. */
export interface ClassicProgram {
  readonly text: string
  /** struct sock_filter, eight bytes each. */
  readonly instructions: Uint8Array
}

/** Why a filter cannot be had. */
export interface FilterMistake {
  /** `syntax`: libpcap does not take it; `name`: a name would have to be looked up; `limit`: it costs too much; `unsupported`: it cannot be run. */
  readonly kind: 'syntax' | 'name' | 'limit' | 'unsupported'
  /** What is wrong, without a full stop. */
  readonly message: string
  /** Offset in the text of what is wrong, where that is known; the text's length when something is missing at its end. */
  readonly offset?: number
  /** Characters that are wrong; 0 at the end of the text. */
  readonly length?: number
}

/** Tells a mistake from a program. */
export function isMistake(result: ClassicProgram | FilterMistake): result is FilterMistake {
  return 'kind' in result
}
