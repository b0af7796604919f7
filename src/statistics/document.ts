// SPDX-License-Identifier: Apache-2.0
import type { Statistic } from './statistic.ts'

/** Writes the README's table of statistics, in Markdown. */
export function statisticsTable(statistics: readonly Statistic[]): string {
  const rows = statistics.map(({ name, help, unit, counters, tails }) => {
    const judged = tails.length === 0 ? 'none' : tails.join(', ')
    return [code(name), help, unit, counters.map(code).join(' '), judged]
  })
  const head = ['Statistic', 'Meaning', 'Unit', 'Counters', 'Tails monitored']
  return [head, head.map(() => '---'), ...rows].map(line).join('')
}

function code(name: string): string {
  return `\`${name}\``
}

function line(cells: readonly string[]): string {
  return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |\n`
}
