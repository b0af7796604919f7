// SPDX-License-Identifier: Apache-2.0
import { readFileSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import bcrypt from 'bcryptjs'
import type { Page } from 'playwright-core'
import t, { type Test } from 'tap'
import { missingBrowser, type Opened, openPage, startBrowser } from '../support/browser.ts'
import { ownEnvironment } from '../support/environment.ts'
import { type Network, network } from '../support/netns.ts'
import { office, synFlood } from '../support/office.ts'
import { pcap } from '../support/pcap.ts'
import { prefixProxy } from '../support/prefix-proxy.ts'
import { missingPrivilege } from '../support/privileges.ts'
import { pktspot } from '../support/replay.ts'
import { type Running, startRun } from '../support/running.ts'

const skip = missingPrivilege() ?? missingBrowser() ?? false

/** Windows of a second that calibrate detectors with the shipped settings, and some more to tighten thresholds. */
const CALIBRATING = 1500
const SCREENSHOTS = process.env['TEST_SCREENSHOTS']
const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

/** A card of the page. */
const card = (page: Page, name: string) =>
  page.locator('.card', { has: page.getByRole('button', { name, exact: true }) })

interface Calibrated extends Running {
  /** The file of its web configuration. */
  readonly config: string
}

async function calibrated(t: Test, { here }: Network, at: string): Promise<Calibrated> {
  const directory = join(at, 'state')
  const learn = ['replay', '--save-state', directory, '-i', here, join(at, 'past.pcap')]
  const env = { ...ownEnvironment(), PKTSPOT_STATE_DIRECTORY: directory }
  const finished = await pktspot(learn, { env, timeout: 60_000 })
  if (finished.code !== 0) throw new Error(finished.stderr)
  const config = join(at, 'web.yml')
  const flags = ['-i', here, '--web.config.file', config]
  const running = await startRun(t, flags, { env: { PKTSPOT_STATE_DIRECTORY: directory } })
  return { ...running, config }
}

/** Looks at the page in each width and colour scheme: what axe objects to, and a picture where a folder is given. */
async function looked(t: Test, page: Page): Promise<void> {
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme })
    for (const [width, height] of [
      [1440, 900],
      [390, 844],
    ] as const) {
      const what = `${width}-${colorScheme}`
      await page.setViewportSize({ width, height })
      await page.evaluate('scrollTo(0, 0)')
      await page.waitForTimeout(200)
      if (SCREENSHOTS) await page.screenshot({ path: join(SCREENSHOTS, `page-${what}.png`) })
      const sideways = await page.evaluate('document.documentElement.scrollWidth - innerWidth')
      t.ok(Number(sideways) <= 0, `${what}: nothing lies beside the screen`)
      await noViolation(t, page, what)
    }
  }
}

async function noViolation(t: Test, page: Page, what: string): Promise<void> {
  await page.evaluate(AXE)
  const found = (await page.evaluate('axe.run()')) as {
    violations: { id: string; impact: string; nodes: { html: string }[] }[]
  }
  const grave = found.violations.filter(({ impact }) => ['serious', 'critical'].includes(impact))
  t.same(
    grave.map(({ id, nodes }) => [id, nodes.map(({ html }) => html.slice(0, 120))]),
    [],
    `${what}: accessible`,
  )
}

function nowhereElse(t: Test, { requests }: Opened, url: string): void {
  const { origin, pathname } = new URL(url)
  t.ok(requests.length > 5)
  for (const each of requests) {
    if (each.protocol === 'data:') continue
    if (each.origin === origin && each.pathname.startsWith(pathname)) continue
    t.fail(`asks ${each}`)
  }
}

t.test('the page', { skip, timeout: 180_000 }, async (t) => {
  const link = await network(t)
  const files = t.testdir({
    'web.yml': '',
    'past.pcap': Buffer.from(pcap(office(CALIBRATING))),
    'office.pcap': Buffer.from(pcap(office(40, 9))),
    'flood.pcap': Buffer.from(pcap(synFlood(9000))),
  })
  const running = await calibrated(t, link, files)
  const browser = await startBrowser(t)
  /* ends by itself, or with the link */
  link.send(join(files, 'office.pcap'), { perSecond: 50 }).catch(() => {})
  const home = `http://${running.address}/`

  await t.test('shows every statistic with its threshold, and follows it', async (t) => {
    const opened = await openPage(browser, home, { viewport: { width: 1440, height: 900 } })
    const { page, errors } = opened
    const rate = card(page, 'BYTES_RATE')
    await rate.getByText('expected ').waitFor()
    await rate.locator('canvas').waitFor()
    const values = new Set<string>()
    for (const end = Date.now() + 8000; values.size < 3 && Date.now() < end; ) {
      values.add((await rate.getByRole('img').getAttribute('aria-label')) ?? '')
      await page.waitForTimeout(200)
    }
    t.ok(values.size >= 3, [...values].join(' | '))
    t.match([...values][0], /BYTES_RATE: .*upper threshold .*lower threshold .*last minute/)
    const statistics = await (await running.get('/api/v1/statistics?window=1')).json()
    const names = (statistics as { statistics: { name: string }[] }).statistics.length
    t.equal(await page.locator('.card').count(), names)

    await page.getByRole('searchbox').fill('r_syn')
    t.ok((await page.locator('.card:visible').count()) < 5)
    await page.getByRole('searchbox').fill('')
    t.match(await page.locator('#interfaces').innerText(), link.here)
    await page.locator('#counters').scrollIntoViewIfNeeded()
    await page.locator('#counters dt', { hasText: /^PKTS$/ }).waitFor()

    const asks = async (what: string, isAsking: boolean): Promise<void> => {
      /* what is under way */
      await page.waitForTimeout(500)
      const before = opened.requests.length
      await page.waitForTimeout(1500)
      t.equal(opened.requests.length > before, isAsking, what)
    }
    await asks('asks once a window', true)
    await page.getByRole('button', { name: 'Pause' }).click()
    await asks('asks nothing while it is paused', false)
    await page.getByRole('radio', { name: '10 s', exact: true }).check()
    await rate.getByText('learning').waitFor()
    await page.getByRole('radio', { name: '1 s', exact: true }).check()
    await page.getByRole('button', { name: 'Resume' }).click()
    await page.evaluate(
      "Object.defineProperty(document, 'hidden', { value: true, configurable: true })",
    )
    await asks('asks nothing while nobody sees it', false)
    await page.evaluate(
      "delete document.hidden; document.dispatchEvent(new Event('visibilitychange'))",
    )
    await asks('goes on when somebody does', true)

    await page.getByRole('button', { name: 'R_ACK', exact: true }).focus()
    await page.keyboard.press('Enter')
    const dialog = page.getByRole('dialog')
    await dialog.getByText('False-alarm probability q in force').waitFor()
    t.match(page.url(), /#.*statistic=R_ACK/)
    if (SCREENSHOTS) await page.screenshot({ path: join(SCREENSHOTS, 'detail-1440.png') })
    await noViolation(t, page, 'the dialog')
    await page.keyboard.press('Escape')
    t.notOk(await dialog.isVisible())
    t.same(errors, [])
    nowhereElse(t, opened, home)
    await page.close()
  })

  await t.test('marks a flood of SYNs within three seconds', async (t) => {
    const opened = await openPage(browser, home, { viewport: { width: 1440, height: 900 } })
    const { page, errors } = opened
    const syn = card(page, 'SYN_ONLY_RATE')
    await syn.getByText('expected ').waitFor()
    t.equal(await syn.getAttribute('data-kind'), 'normal')
    const begun = performance.now()
    const sending = link.send(join(files, 'flood.pcap'), { perSecond: 1500 })
    await syn.getByText('▲ event: high').waitFor({ timeout: 6000 })
    const seconds = (performance.now() - begun) / 1000
    t.ok(seconds < 3, `after ${seconds.toFixed(2)} s`)
    await page.getByText(/events? (?:is|are) open: .*SYN_ONLY_RATE/).waitFor()
    await sending
    t.comment(`marked after ${seconds.toFixed(2)} s`)
    await looked(t, page)
    t.same(errors, [])
    await page.close()
    const history = await (await running.get('/api/v1/history?window=1')).json()
    const syns = (
      history as { history: { statistics: { name: string; marks: { verdict: string }[] }[] }[] }
    ).history[0]?.statistics.find(({ name }) => name === 'SYN_ONLY_RATE')
    t.ok(syns?.marks.some(({ verdict }) => verdict === 'anomaly'))
  })

  await t.test('works behind a path prefix', async (t) => {
    const url = await prefixProxy(t, running.address, '/nodes/a/pktspot/')
    const opened = await openPage(browser, url)
    await card(opened.page, 'PKTS_RATE').getByText('expected ').waitFor()
    for (const link of await opened.page.locator('nav a').all()) {
      const path = await link.evaluate((each) => (each as unknown as { href: string }).href)
      t.equal((await fetch(path)).status, 200, path)
    }
    t.same(opened.errors, [])
    nowhereElse(t, opened, url)
    await opened.page.close()
  })

  await t.test('works with a password', async (t) => {
    const [username, password] = ['alice', 'open sesame']
    const hash = await bcrypt.hash(password, 4)
    await writeFile(running.config, `basic_auth_users: { alice: ${hash} }\n`)
    t.equal((await running.get('/')).status, 401)
    const opened = await openPage(browser, home, { httpCredentials: { username, password } })
    await card(opened.page, 'PKTS_RATE').getByText('expected ').waitFor()
    t.same(opened.errors, [])
  })
})
