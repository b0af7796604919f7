// SPDX-License-Identifier: Apache-2.0
import type { Assets } from './assets.ts'

/** What the document says before any script has run. */
export interface DocumentOptions {
  readonly version: string
  readonly telemetryPath: string
  readonly assets: Assets
}

/** Writes the page at `/`; every address in it is relative, so that it works behind a path prefix. */
export function pageDocument({ version, telemetryPath, assets }: DocumentOptions): string {
  const folder = `page/${assets.version}`
  const scripts = [...assets.files.keys()].filter((name) => name.endsWith('.js'))
  const preload = (name: string) => `<link rel="modulepreload" href="${folder}/${name}">`
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>pktspot</title>
<link rel="icon" type="image/svg+xml" href="${folder}/icon.svg">
<link rel="stylesheet" href="${folder}/uplot.css">
<link rel="stylesheet" href="${folder}/page.css">
${scripts.map(preload).join('\n')}
<script type="module" src="${folder}/main.js"></script>
</head>
<body>
<a class="skip" href="#statistics">Skip to the statistics</a>
<header class="top">
<h1>pktspot <small>${escapeHtml(version)}</small></h1>
<p id="node"></p>
<nav aria-label="This node">
<ul>
<li><a href="${escapeHtml(telemetryPath.slice(1))}">Metrics</a></li>
<li><a href="api/v1/statistics">API</a></li>
<li><a href="api/v1/openapi.json">API description</a></li>
<li><a href="-/healthy">Health</a></li>
<li><a href="-/ready">Readiness</a></li>
</ul>
</nav>
</header>
<noscript><p class="notice">The charts need JavaScript. All that they show is under the links above, too.</p></noscript>
<main id="main"></main>
</body>
</html>
`
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
