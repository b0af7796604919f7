// SPDX-License-Identifier: Apache-2.0
import { collectDefaultMetrics, Gauge, Registry } from 'prom-client'

/** The family that names the running version. */
export const BUILD_INFO = {
  name: 'pktspot_build_info',
  type: 'gauge',
  help: 'The running version',
  labels: ['version'],
} as const

/** Makes the registry of the process's own metrics, our version among them. */
export function selfRegistry(version: string): Registry {
  const registry = new Registry()
  const { name, help, labels } = BUILD_INFO
  new Gauge({ name, help, labelNames: labels, registers: [registry] }).set({ version }, 1)
  collectDefaultMetrics({ register: registry })
  /* prom-client names three gauges like counters, which promtool rejects */
  for (const kind of ['handles', 'requests', 'resources']) {
    registry.removeSingleMetric(`nodejs_active_${kind}_total`)
  }
  return registry
}
