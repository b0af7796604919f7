// SPDX-License-Identifier: Apache-2.0
import type { Mark } from './answers.ts'
import type { Colours } from './theme.ts'
import type uPlot from './uplot.js'

/** Draws what is expected: from the lower threshold, or the very bottom, to the upper one. */
export function drawBand(plot: uPlot, window: number, colours: Colours): void {
  const { ctx, bbox, data } = plot
  const [times, , upper = [], lower = []] = data
  const bottom = bbox.top + bbox.height
  const at = (time: number) =>
    Math.max(bbox.left, Math.min(bbox.left + bbox.width, plot.valToPos(time, 'x', true)))
  ctx.save()
  ctx.fillStyle = colours.band
  for (const [index, time] of times.entries()) {
    const [high, low] = [upper[index], lower[index]]
    if (high === null || high === undefined) continue
    const next = Math.min(time + window, times[index + 1] ?? Number.POSITIVE_INFINITY)
    const [from, to] = [Math.round(at(time)), Math.round(at(next))]
    const top = plot.valToPos(high, 'y', true)
    const end = low === null || low === undefined ? bottom : plot.valToPos(low, 'y', true)
    if (to > from) ctx.fillRect(from, top, to - from, end - top)
  }
  ctx.restore()
}

/** Draws a column behind every anomaly, as wide as its window. */
export function drawFlags(
  plot: uPlot,
  marks: readonly Mark[],
  window: number,
  colours: Colours,
): void {
  const { ctx, bbox } = plot
  ctx.save()
  ctx.fillStyle = colours.flagged
  for (const { time, verdict } of marks) {
    if (verdict !== 'anomaly') continue
    const at = Date.parse(time) / 1000
    const from = Math.max(bbox.left, plot.valToPos(at - window / 2, 'x', true))
    const to = plot.valToPos(at + window / 2, 'x', true)
    if (to > from) ctx.fillRect(from, bbox.top, Math.max(1, to - from), bbox.height)
  }
  ctx.restore()
}

/** Draws a filled diamond at every anomaly and a ring at every excess, so that shape tells them too. */
export function drawMarks(plot: uPlot, marks: readonly Mark[], colours: Colours): void {
  const { ctx, data, bbox } = plot
  const [times, values = []] = data
  const size = 4 * devicePixelRatio
  ctx.save()
  ctx.setLineDash([])
  for (const { time, verdict } of marks) {
    const at = Date.parse(time) / 1000
    const value = values[times.indexOf(at)]
    if (value === null || value === undefined) continue
    const [x, y] = [plot.valToPos(at, 'x', true), plot.valToPos(value, 'y', true)]
    if (x < bbox.left) continue
    ctx.beginPath()
    if (verdict === 'anomaly') {
      for (const [dx = 0, dy = 0] of [
        [0, -1],
        [1, 0],
        [0, 1],
        [-1, 0],
      ]) {
        ctx.lineTo(x + dx * size, y + dy * size)
      }
      ctx.closePath()
      ctx.fillStyle = colours.anomaly
      ctx.fill()
    } else ctx.arc(x, y, size * 0.8, 0, 2 * Math.PI)
    ctx.strokeStyle = verdict === 'anomaly' ? colours.surface : colours.threshold
    ctx.lineWidth = devicePixelRatio * (verdict === 'anomaly' ? 1 : 1.5)
    ctx.stroke()
  }
  ctx.restore()
}
