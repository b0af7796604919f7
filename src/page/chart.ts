// SPDX-License-Identifier: Apache-2.0
import type { Mark } from './answers.ts'
import { clock, short } from './format.ts'
import { drawBand, drawFlags, drawMarks } from './marks.ts'
import { type Column, plotted, type Series } from './series.ts'
import type { Theme } from './theme.ts'
import uPlot from './uplot.js'

/** How large a chart is; a detailed one has times below and values under the pointer. */
export interface ChartOptions {
  readonly height: number
  readonly detailed: boolean
  readonly theme: Theme
}

/** A statistic's values with its thresholds over time. */
export interface Chart {
  show(series: Series, column: Column, window: number): void
  destroy(): void
}

/** Windows that the width is meant for while there are fewer. */
const FEWEST = 60

const FONT = '11px system-ui, sans-serif'

/** Makes a chart that fills the box's width. */
export function createChart(box: HTMLElement, options: ChartOptions): Chart {
  const { height, theme } = options
  let shown: { marks: readonly Mark[]; window: number; span: number } = {
    marks: [],
    window: 1,
    span: 1,
  }
  const width = () => Math.max(80, box.clientWidth)
  const plot = new uPlot(
    {
      width: width(),
      height,
      ...layout(options),
      scales: {
        x: { time: true, range: (_, __, last) => [last - shown.span, last] },
        y: { range: (_, low, high) => limits(low, high) },
      },
      hooks: {
        drawClear: [
          (own) => drawBand(own, shown.window, theme.colours()),
          (own) => drawFlags(own, shown.marks, shown.window, theme.colours()),
        ],
        draw: [(own) => drawMarks(own, shown.marks, theme.colours())],
      },
    },
    [[], [], [], []],
    box,
  )
  const resized = new ResizeObserver(() => {
    if (plot.width !== width()) plot.setSize({ width: width(), height })
  })
  resized.observe(box)
  theme.onChange(() => plot.redraw(false))
  return {
    show(series, column, window) {
      const windows = Math.min(series.capacity, Math.max(FEWEST, series.times.length))
      const span = Math.max(1, windows - 1) * window
      shown = { marks: column.marks, window, span }
      plot.setData(plotted(series, column, window))
    },
    destroy() {
      resized.disconnect()
      plot.destroy()
    },
  }
}

/* 0 is always in sight, so that heights can be compared; a little room above for marks */
function limits(low: number | null, high: number | null): [number, number] {
  const [least, most] = [Math.min(0, low ?? 0), Math.max(0, high ?? 0)]
  if (least === most) return [0, 1]
  const room = (most - least) * 0.1
  return [least < 0 ? least - room : 0, most + room]
}

type Drawn = Pick<uPlot.Options, 'axes' | 'series' | 'cursor' | 'legend' | 'padding'>

function layout({ detailed, theme }: ChartOptions): Drawn {
  const { colours } = theme
  const stepped = uPlot.paths.stepped?.({ align: 1 })
  const threshold = (label: string): uPlot.Series => ({
    label,
    stroke: () => colours().threshold,
    width: 1.25,
    dash: [5, 3],
    points: { show: false },
    value: (_, value) => short(value),
    ...(stepped && { paths: stepped }),
  })
  const axis: uPlot.Axis = {
    font: FONT,
    stroke: () => colours().muted,
    grid: { stroke: () => colours().grid, width: 1 },
    ticks: { show: false },
  }
  return {
    series: [
      { label: 'Time', value: (_, time) => (time === null ? '–' : clock(time * 1000)) },
      {
        label: 'Value',
        stroke: () => colours().value,
        width: 1.5,
        points: { show: false },
        value: (_, value) => short(value),
      },
      threshold('Upper threshold'),
      threshold('Lower threshold'),
    ],
    axes: [
      detailed
        ? { ...axis, values: (_, times) => times.map((time) => clock(time * 1000)), space: 80 }
        : { show: false },
      { ...axis, size: 46, gap: 4, space: 26, values: (_, splits) => splits.map(short) },
    ],
    cursor: { show: detailed, drag: { x: false, y: false } },
    legend: { show: detailed },
    padding: [6, detailed ? 12 : 4, detailed ? 0 : 6, 0],
  }
}
