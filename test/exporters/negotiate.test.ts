// SPDX-License-Identifier: Apache-2.0
import t from 'tap'
import { negotiate } from '../../src/exporters/prometheus/negotiate.ts'

const TEXT = 'text/plain; version=0.0.4; charset=utf-8'
const OPEN = 'application/openmetrics-text; version=1.0.0; charset=utf-8'

const PROMETHEUS_2 =
  'application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,text/plain;version=0.0.4;q=0.5,*/*;q=0.1'
const PROMETHEUS_3 =
  'application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.6,application/openmetrics-text;version=0.0.1;q=0.5,text/plain;version=1.0.0;escaping=allow-utf-8;q=0.4,text/plain;version=0.0.4;q=0.3,*/*;q=0.2'
const PROTOBUF =
  'application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited;q=0.7'
const BROWSER = 'text/html,application/xhtml+xml,application/xml;q=0.9,image/webp,*/*;q=0.8'

const CASES: readonly (readonly [accept: string | undefined, type: string])[] = [
  [undefined, TEXT],
  ['', TEXT],
  ['*/*', TEXT],
  [BROWSER, TEXT],
  ['application/json', TEXT],
  ['text/plain', TEXT],
  ['TEXT/PLAIN; Version="0.0.4"', TEXT],
  ['text/plain;version=9.9.9', TEXT],
  [PROMETHEUS_2, OPEN],
  [PROMETHEUS_3, `${OPEN}; escaping=allow-utf-8`],
  [`${PROTOBUF},${PROMETHEUS_3}`, `${OPEN}; escaping=allow-utf-8`],
  ['application/openmetrics-text', OPEN],
  ['application/openmetrics-text;version=0.0.1', OPEN.replace('1.0.0', '0.0.1')],
  ['application/openmetrics-text;version=2.0.0', TEXT],
  ['application/openmetrics-text;q=0', TEXT],
  ['application/openmetrics-text;q=0.0', TEXT],
  ['application/openmetrics-text;q=0.2,text/plain;q=0.3', TEXT],
  ['application/openmetrics-text ; q=0.3 , text/plain ; q=0.2', OPEN],
  ['application/openmetrics-text,text/plain', OPEN],
  ['text/plain,application/openmetrics-text', TEXT],
  ['text/plain;version=1.0.0', 'text/plain; version=1.0.0; charset=utf-8; escaping=underscores'],
  [
    'text/plain;version=1.0.0;escaping=allow-utf-8;q=0.9,text/plain;version=0.0.4;q=0.8',
    'text/plain; version=1.0.0; charset=utf-8; escaping=allow-utf-8',
  ],
  [
    'text/plain;version=1.0.0;escaping=klingon\r\nX-Evil: 1',
    'text/plain; version=1.0.0; charset=utf-8; escaping=underscores',
  ],
  [';;;,,,=;q=,;q=5', TEXT],
]

for (const [accept, type] of CASES) {
  t.test(`${accept}`, async (t) => {
    const found = negotiate(accept)
    t.equal(found.type, type)
    t.equal(found.openMetrics, type.startsWith('application/openmetrics-text'))
  })
}
