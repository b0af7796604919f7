// SPDX-License-Identifier: Apache-2.0
import { createHash } from 'node:crypto'
import { CARRIED_VERSION } from '../../spot/carrier.ts'

/** Raised with every change of the format; the second part is the detectors' own. */
const VERSION = `1.${CARRIED_VERSION}`

/** No snapshot is larger, in bytes. */
export const SNAPSHOT_LIMIT = 64 * 2 ** 20

/** What one detector had learned. */
export interface SavedDetector {
  readonly statistic: string
  /** Length of its windows in seconds. */
  readonly window: number
  /** Of its statistic and settings. */
  readonly fingerprint: string
  readonly saved: Date
  readonly state: Float64Array
}

/** A snapshot that cannot be used; the message says why and follows its path. */
export class SnapshotFault extends Error {
  override readonly name = 'SnapshotFault'
}

/**
 * Writes a snapshot of one interface: a line with format version and SHA-256 of the rest, then JSON. The numbers are
 * doubles in base64 (little-endian, as all machines that it runs on are), since JSON has no NaN.
 */
export function encodeSnapshot(name: string, detectors: readonly SavedDetector[]): Buffer {
  const entries = detectors.map(({ state, saved, ...rest }) => ({
    ...rest,
    saved: saved.toISOString(),
    state: Buffer.from(state.buffer, state.byteOffset, state.byteLength).toString('base64'),
  }))
  const body = Buffer.from(`${JSON.stringify({ interface: name, detectors: entries })}\n`)
  const bytes = Buffer.concat([Buffer.from(`pktspot-state ${VERSION} ${digest(body)}\n`), body])
  if (bytes.length > SNAPSHOT_LIMIT) throw tooLarge(bytes.length)
  return bytes
}

/** Reads a snapshot of one interface; throws SnapshotFault when it is not whole, of another version or interface. */
export function decodeSnapshot(name: string, bytes: Buffer): readonly SavedDetector[] {
  if (bytes.length > SNAPSHOT_LIMIT) throw tooLarge(bytes.length)
  const end = bytes.indexOf('\n')
  const header = bytes.toString('latin1', 0, Math.min(end, 128))
  const [, version, checksum] = /^pktspot-state (\d+\.\d+) ([0-9a-f]{64})$/.exec(header) ?? []
  if (version === undefined) throw new SnapshotFault('is damaged or no snapshot')
  if (version !== VERSION) throw new SnapshotFault(`has version ${version}, not ${VERSION}`)
  const body = bytes.subarray(end + 1)
  if (digest(body) !== checksum) throw new SnapshotFault('is damaged: its checksum is wrong')
  const { interface: of, detectors } = JSON.parse(body.toString()) as Body
  if (of !== name) throw new SnapshotFault(`is of interface ${of}, not ${name}`)
  return detectors.map(({ saved, state, ...rest }) => ({
    ...rest,
    saved: new Date(saved),
    /* a copy, since doubles must be aligned */
    state: new Float64Array(Uint8Array.from(Buffer.from(state, 'base64')).buffer),
  }))
}

interface Body {
  readonly interface: string
  readonly detectors: readonly (Omit<SavedDetector, 'saved' | 'state'> & {
    readonly saved: string
    readonly state: string
  })[]
}

/** Words what is wrong with a snapshot of so many bytes. */
export function tooLarge(bytes: number): SnapshotFault {
  return new SnapshotFault(`has ${bytes} bytes, more than the ${SNAPSHOT_LIMIT} allowed`)
}

function digest(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex')
}
