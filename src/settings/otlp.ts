// SPDX-License-Identifier: Apache-2.0
import { yesOrNo } from './format.ts'
import type { Section } from './setting.ts'

/** Whether metrics are pushed; where and how is for OpenTelemetry's own variables to say. */
export interface OtlpSettings {
  readonly enabled: boolean
}

export const otlp: Section<OtlpSettings> = {
  enabled: {
    doc: 'Push metrics by OTLP; the `OTEL_` variables rule the rest, see docs/opentelemetry.md',
    default: false,
    format: yesOrNo,
  },
}
