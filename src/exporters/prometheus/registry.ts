// SPDX-License-Identifier: Apache-2.0
import { collectDefaultMetrics, type OpenMetricsContentType, Registry } from 'prom-client'

/** Makes the registry of the process's own metrics. */
export function selfRegistry(): Registry<OpenMetricsContentType> {
  const registry = new Registry<OpenMetricsContentType>()
  /* others refuse exemplars */
  registry.setContentType(Registry.OPENMETRICS_CONTENT_TYPE)
  collectDefaultMetrics({ register: registry })
  /* prom-client names three gauges like counters, which promtool rejects */
  for (const kind of ['handles', 'requests', 'resources']) {
    registry.removeSingleMetric(`nodejs_active_${kind}_total`)
  }
  return registry
}
