// SPDX-License-Identifier: Apache-2.0
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import t from 'tap'
import { readAssets } from '../../src/server/page/assets.ts'
import { pageDocument } from '../../src/server/page/document.ts'
import { packageRoot } from '../support/root.ts'
import { started } from './started.ts'

const LINKS = /(?:href|src)="([^"]*)"/g

const linksOf = (text: string): string[] => [...text.matchAll(LINKS)].map(([, link = '']) => link)

t.test('shows its version and relative links, with nothing inline', async (t) => {
  const { address } = await started(t)
  const answer = await fetch(`http://${address}/`)
  const text = await answer.text()
  t.equal(answer.headers.get('content-type'), 'text/html; charset=utf-8')
  t.equal(answer.headers.get('cache-control'), 'no-store')
  t.match(text, '1.2.3')
  for (const link of linksOf(text)) t.match(link, /^(?:#|page\/|api\/v1\/|-\/|metrics$)/)
  t.notMatch(text, /<style|style=|<script(?! type="module" src=)|\son\w+=/)
  const policy = answer.headers.get('content-security-policy') ?? ''
  t.match(policy, /default-src 'none'; script-src 'self'; style-src 'self'/)
  t.notMatch(policy, /unsafe|data:|http/)
})

t.test('every file of the page is there, once and for all', async (t) => {
  const { address } = await started(t)
  const home = `http://${address}/`
  const links = linksOf(await (await fetch(home)).text()).filter((each) => each.startsWith('page/'))
  const types = { css: 'text/css', js: 'text/javascript', svg: 'image/svg+xml' } as const
  for (const name of ['main.js', 'uplot.js', 'uplot.css', 'page.css', 'icon.svg']) {
    t.ok(
      links.some((link) => link.endsWith(`/${name}`)),
      name,
    )
  }
  for (const link of new Set(links)) {
    const answer = await fetch(new URL(link, home))
    const extension = link.slice(link.lastIndexOf('.') + 1) as keyof typeof types
    t.equal(answer.status, 200, link)
    t.match(answer.headers.get('content-type'), types[extension], link)
    t.match(answer.headers.get('cache-control'), /max-age=31536000, immutable/, link)
    const text = await answer.text()
    for (const [, from = ''] of text.matchAll(/(?:from|import)\s*'(\.\/[^']+)'/g)) {
      const found = await fetch(new URL(from, new URL(link, home)))
      t.equal(found.status, 200, `${link} imports ${from}`)
      await found.arrayBuffer()
    }
    t.notMatch(text, /\bsourceMappingURL/, link)
  }
  t.equal((await fetch(`${home}page/0/main.js`)).status, 404)
})

t.test('serves the chart library as its package has it', async (t) => {
  const path = join(packageRoot, 'node_modules/uplot/dist/uPlot.esm.js')
  const digest = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex')
  const { files } = readAssets()
  t.equal(digest(files.get('uplot.js')?.body ?? new Uint8Array()), digest(readFileSync(path)))
})

t.test('the address of the files changes with any of them', async (t) => {
  const folder = (script: string) => {
    const at = t.testdir({ 'main.js': script, 'main.js.map': '{}', 'types.d.ts': '' })
    return pathToFileURL(`${at}/`)
  }
  const one = readAssets(folder('a'))
  t.same([...one.files.keys()], ['main.js', 'uplot.css', 'uplot.js'])
  t.equal(readAssets(folder('a')).version, one.version)
  t.not(readAssets(folder('b')).version, one.version)
  t.equal(readAssets(pathToFileURL(`${t.testdir()}/none/`)).files.size, 0, 'counting goes on')
})

t.test('escapes what it is told', async (t) => {
  const assets = { version: '0', files: new Map() }
  const text = pageDocument({ version: '<b>&', telemetryPath: '/"><script>', assets })
  t.match(text, '&lt;b&gt;&amp;')
  t.match(text, 'href="&quot;&gt;&lt;script&gt;"')
  t.notMatch(text, '<script>')
})
