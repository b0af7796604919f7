// SPDX-License-Identifier: Apache-2.0
import { createHash } from 'node:crypto'

/** An interface as the landing page shows it. */
export interface Interface {
  readonly name: string
  readonly mode: string | undefined
  readonly up: boolean
}

const STYLE = `
body { font: 16px/1.5 system-ui, sans-serif; max-width: 44rem; margin: 3rem auto; padding: 0 1rem; color: #1a1a1a; background: #fff }
h1 { font-size: 1.5rem } h1 small { font-weight: normal; color: #595959 }
table { border-collapse: collapse } th, td { text-align: left; padding: .25rem 1.5rem .25rem 0; border-bottom: 1px solid #ccc }
a { color: #0b57a4 }
@media (prefers-color-scheme: dark) { body { color: #e6e6e6; background: #161616 } h1 small { color: #a6a6a6 } a { color: #8ab8ff } }
`

/** Content-Security-Policy of every answer: nothing but the page's own style. */
export const POLICY = [
  "default-src 'none'",
  `style-src 'sha256-${createHash('sha256').update(STYLE).digest('base64')}'`,
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ')

/** Writes the page at `/`. */
export function landingPage(page: {
  readonly version: string
  readonly telemetryPath: string
  readonly interfaces: readonly Interface[]
}): string {
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>pktspot</title>
<style>${STYLE}</style>
</head>
<body>
<h1>pktspot <small>${escapeHtml(page.version)}</small></h1>
<p>Counts packets, learns how far each statistic may honestly go, and exposes both.</p>
<ul>
<li><a href="${escapeHtml(page.telemetryPath)}">Metrics</a></li>
<li><a href="/api/v1/statistics">Statistics</a>, <a href="/api/v1/counters">counters</a> and <a href="/api/v1/interfaces">interfaces</a> as JSON</li>
<li><a href="/-/healthy">Health</a></li>
<li><a href="/-/ready">Readiness</a></li>
</ul>
<table>
<thead><tr><th scope="col">Interface</th><th scope="col">Mode</th><th scope="col">State</th></tr></thead>
<tbody>
${page.interfaces.map(row).join('\n')}
</tbody>
</table>
</body>
</html>
`
}

function row({ name, mode, up }: Interface): string {
  const cells = [name, mode ?? '–', up ? 'counting' : 'down']
  return `<tr>${cells.map((cell) => `<td>${escapeHtml(cell)}</td>`).join('')}</tr>`
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ENTITIES[character] ?? character)
}
