// SPDX-License-Identifier: Apache-2.0
import { existsSync } from 'node:fs'
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core'
import type { Test } from 'tap'

const EXECUTABLE = '/usr/bin/chromium'

/** Why no browser can be started; undefined when one can. */
export function missingBrowser(): string | undefined {
  return existsSync(EXECUTABLE) ? undefined : `needs ${EXECUTABLE}`
}

/** Starts a browser that talks to nobody on its own, and closes it when the test ends. */
export async function startBrowser(t: Test): Promise<Browser> {
  const quiet = ['quic', 'gpu', 'background-networking', 'component-update', 'sync']
  const browser = await chromium.launch({
    executablePath: EXECUTABLE,
    args: ['--no-sandbox', '--no-first-run', ...quiet.map((each) => `--disable-${each}`)],
  })
  t.teardown(() => browser.close())
  return browser
}

/** A page with all that went wrong on it, and the addresses that it asked. */
export interface Opened {
  readonly page: Page
  readonly errors: readonly string[]
  readonly requests: readonly URL[]
}

/** Opens an address in a window of its own. */
export async function openPage(
  browser: Browser,
  url: string,
  options: BrowserContextOptions = {},
): Promise<Opened> {
  const context = await browser.newContext(options)
  const page = await context.newPage()
  const errors: string[] = []
  const requests: URL[] = []
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) errors.push(message.text())
  })
  page.on('pageerror', (error) => errors.push(String(error)))
  page.on('request', (request) => requests.push(new URL(request.url())))
  await page.goto(url)
  return { page, errors, requests }
}
