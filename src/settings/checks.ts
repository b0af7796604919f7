// SPDX-License-Identifier: Apache-2.0
import { isMultiple } from './capture.ts'
import { items } from './format.ts'
import { glob } from './glob.ts'
import { type Fault, fault, shown, type Written } from './layer.ts'
import { misfit, structureFaults } from './structure-faults.ts'
import { nearest } from './suggest.ts'

/** Finds what does not fit a setting's format: the items that are wrong, or the value as a whole. */
export function valueFaults({ key, value, place, items: places, twig }: Written): Fault[] {
  const { format, path } = key
  if (format.structure && twig) return structureFaults(twig, path, format)
  if (format.read(value) !== undefined) return []
  const { item } = format
  const wrong = item
    ? [...(items(value) ?? []).entries()].filter(([, each]) => item.read(each) === undefined)
    : []
  if (item && wrong.length > 0) {
    return wrong.map(([index, each]) =>
      fault(places?.[index] ?? place, path, shown(each), {
        expected: item.expected,
        remedy: item.remedy?.(each),
      }),
    )
  }
  return [misfit({ place, value }, path, format)]
}

/** Finds windows in force that are not made of whole periods. */
export function brokenWindows(inForce: ReadonlyMap<string, Written>, period: number): Fault[] {
  const windows = inForce.get('windows')
  const lengths = windows?.key.format.read(windows.value)
  if (!windows || !Array.isArray(lengths)) return []
  return lengths
    .filter((seconds) => !isMultiple(seconds, period))
    .map((seconds) =>
      fault(windows.place, 'windows', String(seconds), {
        expected: `a multiple of period, which is ${period}`,
        remedy: undefined,
      }),
    )
}

/** Finds values in force that contradict each other. */
export function contradictions(inForce: ReadonlyMap<string, Written>): Fault[] {
  const q = inForce.get('spot.q')
  const level = inForce.get('spot.level')
  const share = read(level)
  const ratio = read(q)
  if (!q || !level || ratio === undefined || share === undefined || ratio + share < 1) return []
  const most = Number((1 - share).toPrecision(12))
  return [
    fault(q.place, q.key.path, String(ratio), {
      expected: `less than 1 - spot.level = ${most}, since spot.level is ${share} (${level.place.name})`,
      remedy: 'lower spot.q or spot.level',
    }),
  ]
}

function read(written: Written | undefined): number | undefined {
  const value = written?.key.format.read(written.value)
  return typeof value === 'number' ? value : undefined
}

/** Finds patterns of statistics that match none of the names. */
export function idlePatterns(written: Written, names: readonly string[]): Fault[] {
  if (!written.key.path.startsWith('statistics.')) return []
  return [...(items(written.value) ?? []).entries()]
    .filter(([, pattern]) => !names.some(glob(String(pattern))))
    .map(([index, pattern]) =>
      fault(written.items?.[index] ?? written.place, written.key.path, shown(pattern), {
        expected: 'the name of a statistic, or a pattern that matches one',
        near: nearest(String(pattern), names),
        remedy: 'see pktspot list statistics',
      }),
    )
}
