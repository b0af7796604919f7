// SPDX-License-Identifier: Apache-2.0
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { json } from 'node:stream/consumers'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Test } from 'tap'

/** An alert as it arrives at a webhook. */
export interface Alert {
  readonly status: 'firing' | 'resolved'
  readonly startsAt: string
  readonly labels: Readonly<Record<string, string>>
  readonly annotations: Readonly<Record<string, string>>
}

/** What came at a webhook: its path, which is the receiver's, when, and the alerts. */
export interface Notice {
  readonly path: string
  readonly at: number
  readonly alerts: readonly Alert[]
}

/** A running Alertmanager, and the webhooks that its receivers call. */
export interface Alertmanager {
  /** Where it takes alerts: `127.0.0.1:34567`. */
  readonly address: string
  readonly notices: readonly Notice[]
}

/** Starts an Alertmanager with a configuration whose webhooks at `http://127.0.0.1:9095` are the test's own. */
export async function startAlertmanager(t: Test, configuration: string): Promise<Alertmanager> {
  const notices: Notice[] = []
  const webhooks = createServer(async (request, response) => {
    const { alerts } = (await json(request)) as Pick<Notice, 'alerts'>
    notices.push({ path: request.url ?? '', at: Date.now(), alerts })
    response.end()
  })
  t.teardown(() => webhooks.close())
  const port = await listen(webhooks)
  const folder = await mkdtemp(join(tmpdir(), 'pktspot-alertmanager-'))
  const file = join(folder, 'alertmanager.yml')
  const text = await readFile(configuration, 'utf8')
  await writeFile(file, text.replaceAll('127.0.0.1:9095', `127.0.0.1:${port}`))
  const address = `127.0.0.1:${await freePort()}`
  const child = spawn(
    'prometheus-alertmanager',
    [
      `--config.file=${file}`,
      `--storage.path=${join(folder, 'data')}`,
      `--web.listen-address=${address}`,
      '--cluster.listen-address=',
      '--log.level=warn',
    ],
    { stdio: ['ignore', 'ignore', 'inherit'] },
  )
  t.teardown(async () => {
    await ended(child)
    await rm(folder, { recursive: true })
  })
  await answers(`http://${address}/-/ready`)
  return { address, notices }
}

/** Waits until an address answers well; throws after 20 s. */
export async function answers(url: string): Promise<void> {
  const good = () =>
    fetch(url).then(
      ({ ok }) => ok,
      () => false,
    )
  for (const end = Date.now() + 20_000; !(await good()); await sleep(20)) {
    if (Date.now() > end) throw new Error(`${url} does not answer`)
  }
}

/** A port of the loopback that nobody listens on. */
export async function freePort(): Promise<number> {
  const server = createServer()
  const port = await listen(server)
  server.close()
  await once(server, 'close')
  return port
}

/** Ends a program at once. */
export async function ended(child: ChildProcess): Promise<void> {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return
  const exit = once(child, 'exit')
  child.kill('SIGKILL')
  await exit
}

async function listen(server: Server): Promise<number> {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  return typeof address === 'object' && address ? address.port : 0
}
