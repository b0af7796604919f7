// SPDX-License-Identifier: Apache-2.0
import { keys } from './settings.ts'

/** Writes a Markdown table of all settings. */
export function settingsTable(): string {
  const rows = keys.map(({ path, default: value, format, variable, flag, doc }) => [
    code(path),
    code(JSON.stringify(format.show(value))),
    variable ? code(variable) : '',
    flag ? code(`--${flag.name}`) : '',
    doc.replaceAll('|', '\\|'),
  ])
  const header = ['Setting', 'Default', 'Environment', 'Flag', 'What it does']
  const lines = [header, header.map(() => '---'), ...rows]
  return `${lines.map((cells) => `| ${cells.join(' | ')} |`).join('\n')}\n`
}

function code(text: string): string {
  return `\`${text.replaceAll('|', '\\|')}\``
}
