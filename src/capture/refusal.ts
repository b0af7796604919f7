// SPDX-License-Identifier: Apache-2.0
import type { ErrorCode } from '../errors.ts'
import type { NativeError } from '../native/binding.ts'
import { isOccupied, type LiveMode } from './modes.ts'

/** Why a mode cannot be had on an interface. */
export interface Refusal {
  readonly mode: LiveMode
  readonly reason: string
  readonly code: ErrorCode
  /** Whether another program holds the place. */
  readonly occupied: boolean
  /** Call of the system that failed. */
  readonly step?: string
}

export function refusal(mode: LiveMode, code: ErrorCode, reason: string): Refusal {
  return { mode, reason, code, occupied: false }
}

/** Says what an error of a native step means, given the capabilities that the process lacks for the mode. */
export function explain(mode: LiveMode, error: NativeError, lacking: readonly string[]): Refusal {
  const { step } = error
  return { ...explained(mode, error, lacking), ...(step !== undefined && { step }) }
}

function explained(mode: LiveMode, error: NativeError, lacking: readonly string[]): Refusal {
  const isForbidden = error.code === 'EPERM' || error.code === 'EACCES' || mode === 'libpcap'
  if (lacking.length > 0 && isForbidden) {
    return refusal(mode, 'CAPABILITY_MISSING', `needs ${lacking.join(' and ')}`)
  }
  if (isOccupied(error)) {
    return {
      ...refusal(mode, 'BPF_ATTACH', 'another program is attached there and stays'),
      occupied: true,
    }
  }
  if (error.step === 'BPF_LINK_CREATE') {
    return refusal(mode, 'BPF_ATTACH', `not attached: ${error.message}`)
  }
  if (mode === 'packet-socket' || mode === 'libpcap') {
    return refusal(mode, 'SOCKET_OPEN', `not opened: ${error.message}`)
  }
  const words = error.log?.trim().split('\n').slice(-3).join(' | ')
  return refusal(mode, 'BPF_LOAD', `not loaded: ${error.message}${words ? `: ${words}` : ''}`)
}
