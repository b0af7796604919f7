// SPDX-License-Identifier: Apache-2.0
import type { MetricObjectWithValues, MetricValue, Registry } from 'prom-client'
import type { Collector } from './collector.ts'
import { compile, encode } from './encode.ts'
import type { Block, Family, Labels, Series } from './family.ts'

/** A value as prom-client gives it; its types leave out what histograms and counters have besides. */
interface Value extends MetricValue<string> {
  readonly metricName?: string
  readonly exemplar?: { labelSet: Labels; value: number; timestamp: number } | undefined
}

/**
 * Writes what a registry of prom-client holds with our encoder: its own OpenMetrics has no units, renames its counters
 * for good and ends by itself.
 */
export function registryCollector(registry: Pick<Registry, 'getMetricsAsJSON'>): Collector {
  return {
    name: 'process',
    async collect(syntax) {
      const metrics = await registry.getMetricsAsJSON()
      const blocks = metrics.map((metric) => compile(blockOf(metric as Metric)))
      return { text: await encode([{ blocks, subject: undefined }], syntax), complete: true }
    },
  }
}

interface Metric extends Omit<MetricObjectWithValues<Value>, 'type'> {
  /** Its types say a number, its values are words. */
  readonly type: unknown
}

function blockOf({ name, type, help, values }: Metric): Block<undefined> {
  const family = familyOf(name, String(type), help)
  const series = values.map(({ value, labels, metricName, exemplar }): Series<undefined> => {
    const suffix = (['_bucket', '_sum', '_count'] as const).find(
      (each) => metricName === `${name}${each}`,
    )
    const { labelSet, timestamp = 0, value: of = 0 } = exemplar ?? {}
    const event = labelSet && { labels: labelSet, value: of, seconds: timestamp }
    return {
      labels: textual(labels),
      value: () => value,
      ...(suffix && { suffix }),
      ...(event && { exemplar: () => event }),
    }
  })
  return { family, series }
}

function familyOf(name: string, type: string, help: string): Family {
  switch (type) {
    case 'counter':
      return { name: name.replace(/_total$/, ''), type, help, labels: [] }
    case 'gauge':
    case 'histogram':
    case 'summary':
      return { name, type, help, labels: [] }
    default:
      return { name, type: 'unknown', help, labels: [] }
  }
}

function textual(labels: Partial<Record<string, string | number>>): Labels {
  const entries = Object.entries(labels).map(([name, value]) => [name, String(value ?? '')])
  return Object.fromEntries(entries)
}
