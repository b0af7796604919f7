// SPDX-License-Identifier: Apache-2.0

const NUMBER = String.raw`(?:[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?|[-+]?Inf|NaN)`
const LABELS = String.raw`\{(?:[a-zA-Z_]\w*="(?:[^"\\\n]|\\[\\n"])*"(?:,(?=[a-zA-Z_])|(?=\})))*\}`
const SAMPLE = new RegExp(
  `^([a-zA-Z_:][\\w:]*)(${LABELS})? (${NUMBER})(?: (${NUMBER}))?(?: # (${LABELS}) ${NUMBER}(?: ${NUMBER})?)?$`,
)
const META = /^# (TYPE|UNIT|HELP) ([a-zA-Z_:][\w:]*) (.*)$/

/** Suffixes of samples by type. */
const SUFFIXES: Readonly<Record<string, readonly string[]>> = {
  counter: ['_total', '_created'],
  gauge: [''],
  histogram: ['_bucket', '_sum', '_count', '_created'],
  summary: ['', '_sum', '_count', '_created'],
  info: ['_info'],
  unknown: [''],
}

interface Open {
  readonly name: string
  readonly meta: Record<string, string>
  metric: string | undefined
  time: number
  readonly metrics: Set<string>
}

/** Lists what in a text is not OpenMetrics 1.0: https://prometheus.io/docs/specs/om/open_metrics_spec/ */
export function openMetricsFaults(text: string): string[] {
  const faults: string[] = []
  const seen = new Set<string>()
  let open: Open | undefined
  if (!text.endsWith('\n# EOF\n')) faults.push('does not end in # EOF')
  const lines = text.split('\n').slice(0, -2)
  for (const [index, line] of lines.entries()) {
    const fault = (what: string): void => void faults.push(`line ${index + 1}: ${what}: ${line}`)
    const [, word, name = '', rest = ''] = META.exec(line) ?? []
    if (word) {
      if (open?.name !== name) {
        if (seen.has(name)) fault('a family is broken')
        seen.add(name)
        open = { name, meta: {}, metric: undefined, time: -1, metrics: new Set() }
      }
      if (word in open.meta || open.metric !== undefined) fault('metadata again')
      open.meta[word] = rest
      if (word === 'TYPE' && !(rest in SUFFIXES)) fault('no such type')
      if (word === 'UNIT' && !name.endsWith(`_${rest}`)) fault('the name lacks the unit')
      continue
    }
    const sample = SAMPLE.exec(line)
    if (!sample || !open) fault('no sample of a family')
    else checkSample(sample, open, fault)
  }
  return faults
}

function checkSample(
  [, name = '', labels = '', value = '', time, exemplar]: readonly (string | undefined)[],
  open: Open,
  fault: (what: string) => void,
): void {
  const type = open.meta['TYPE'] ?? 'unknown'
  const suffix = SUFFIXES[type]?.find((each) => name === open.name + each)
  if (suffix === undefined) {
    fault(`not of the ${type} above it`)
    return
  }
  const metric = labels.replace(/,?(?:le|quantile)="[^"]*"/, '').replace('{}', '')
  if (open.metric !== metric) {
    if (open.metrics.has(metric)) fault('metrics are interleaved')
    open.metrics.add(metric)
    open.metric = metric
    open.time = -1
  }
  if (time !== undefined) {
    if (Number(time) < open.time) fault('time goes back')
    open.time = Number(time)
  }
  if (type === 'counter' && !(Number(value) >= 0)) fault('a counter below 0')
  const bound = /(?:le|quantile)="([^"]*)"/.exec(labels)?.[1]
  if (bound !== undefined && !/^(?:-?\d+\.\d+|.*e.*|\+Inf)$/.test(bound)) fault('an odd bound')
  if (exemplar === undefined) return
  if (suffix !== '_total' && suffix !== '_bucket') fault('an exemplar out of place')
  const characters = exemplar.replaceAll(/[{}="]|,(?=[a-zA-Z_])/g, '').length
  if (characters > 128) fault('an exemplar too long')
}
