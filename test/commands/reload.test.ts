// SPDX-License-Identifier: Apache-2.0
import { setTimeout as sleep } from 'node:timers/promises'
import { pino } from 'pino'
import t from 'tap'
import { type Change, createReloader, type Reloadable } from '../../src/commands/reload.ts'
import { changedKeys, withLive } from '../../src/commands/reload-keys.ts'
import { inTurns, oneAtATime } from '../../src/commands/reload-queue.ts'
import { PktspotError } from '../../src/errors.ts'
import { loadSettings } from '../../src/settings/load.ts'
import type { Settings } from '../../src/settings/settings.ts'

function settingsOf(text: string): Settings {
  return loadSettings({ file: { path: 'f.yaml', text }, env: {}, flags: {} })
}

const FIRST = settingsOf('')

/** A reloader that reads these settings, with its log. */
function world(texts: readonly (string | Error)[], parts: readonly Reloadable[] = []) {
  const lines: { level: number; msg: string }[] = []
  const write = (line: string): void => void lines.push(JSON.parse(line))
  const stop = new AbortController()
  const left = [...texts]
  const reloader = createReloader({
    settings: FIRST,
    signal: stop.signal,
    exclusive: oneAtATime(),
    log: pino({ base: null }, { write }),
    async read() {
      const next = left.shift() ?? ''
      if (next instanceof Error) throw next
      return settingsOf(next)
    },
  })
  reloader.begin(parts)
  const said = () => lines.splice(0).map(({ level, msg }) => [level, msg])
  return { reloader, said, stop }
}

function part(log: string[], name: string, fails = false): Reloadable {
  return {
    async prepare(next, running): Promise<Change> {
      log.push(`prepare ${name} ${running.log.level}-${next.log.level}`)
      return {
        commit() {
          if (fails) throw new PktspotError('MEMORY_BUDGET', `${name} is too large`)
          log.push(`commit ${name}`)
        },
        undo: () => void log.push(`undo ${name}`),
      }
    },
  }
}

t.test('parts follow what changed, in their order, once all are prepared', async (t) => {
  const log: string[] = []
  const { reloader, said } = world(
    ['log: { level: debug }', 'log: { level: debug }'],
    [part(log, 'a'), part(log, 'b')],
  )
  await reloader.reload()
  t.same(log.splice(0), ['prepare a info-debug', 'prepare b info-debug', 'commit a', 'commit b'])
  t.same(said(), [[30, 'settings reloaded: log.level changed']])
  await reloader.reload()
  t.match(log, ['prepare a debug-debug'], 'those in force are the new ones')
  t.same(said(), [[30, 'settings reloaded: nothing changed']])
})

t.test('what waits for the next start is named, and parts never see it', async (t) => {
  const seen: Settings[] = []
  const parts: Reloadable = {
    async prepare(next) {
      seen.push(next)
      return undefined
    },
  }
  const text = 'period: 2\nweb: { listen_address: ["127.0.0.1:1"] }\nspot: { depth: 5 }'
  const { reloader, said } = world([text, text], [parts])
  const late = 'period, web.listen_address changed: takes effect at the next start'
  await reloader.reload()
  t.same(said(), [
    [40, late],
    [30, 'settings reloaded: spot.depth changed'],
  ])
  t.match(seen[0], { period: 1, spot: { depth: 5 }, web: FIRST.web })
  await reloader.reload()
  t.same(said(), [
    [40, late],
    [30, 'settings reloaded: nothing changed'],
  ])
})

t.test('mistakes are logged one a line, and nothing changes until they are mended', async (t) => {
  const log: string[] = []
  const wrong = new PktspotError('SETTINGS', 'f:1: one\n    TCPP\n    ^^^^\nf:2: two')
  const { reloader, said } = world([wrong, 'log: { level: warn }'], [part(log, 'a')])
  t.equal(reloader.standing().successful, true)
  const { lastSuccess } = reloader.standing()
  await sleep(5)
  await t.rejects(reloader.reload(), wrong)
  t.same(log, [])
  t.same(said(), [
    [50, 'settings not reloaded: f:1: one\n    TCPP\n    ^^^^'],
    [50, 'settings not reloaded: f:2: two'],
  ])
  t.same(reloader.standing(), { successful: false, lastSuccess })
  await reloader.reload()
  t.equal(reloader.standing().successful, true)
  t.ok(reloader.standing().lastSuccess > lastSuccess)
})

t.test('when one part cannot follow, those before it go back, the last first', async (t) => {
  const log: string[] = []
  const parts = [part(log, 'a'), part(log, 'b'), part(log, 'c', true), part(log, 'd')]
  const { reloader, said } = world(['log: { level: warn }'], parts)
  await t.rejects(reloader.reload(), { code: 'MEMORY_BUDGET' })
  t.same(log.slice(4), ['commit a', 'commit b', 'undo b', 'undo a'])
  t.same(said(), [[50, 'settings not reloaded: c is too large']])
  t.equal(reloader.standing().successful, false)
  log.length = 0
  await reloader.reload().catch(() => undefined)
  t.equal(log[0], 'prepare a info-info', 'those from before are in force')
})

t.test('plugins are said to stay', async (t) => {
  const { reloader, said } = world(['plugins: [./a.mjs]'])
  await reloader.reload()
  t.same(said(), [
    [40, 'plugins changed: takes effect at the next start'],
    [30, 'settings reloaded: nothing changed'],
  ])
  const keeping = withLive(settingsOf('plugins: [./a.mjs]'), FIRST)
  t.same(keeping.plugins.length, 1)
})

t.test('a reload asked for before the parts are there waits for them', async (t) => {
  const log: string[] = []
  const reloader = createReloader({
    settings: FIRST,
    signal: new AbortController().signal,
    exclusive: oneAtATime(),
    log: pino({ level: 'silent' }),
    read: async () => FIRST,
  })
  const early = reloader.reload()
  await sleep(5)
  reloader.begin([part(log, 'a')])
  await early
  t.equal(log.at(-1), 'commit a')
})

t.test('nothing changes once the program ends', async (t) => {
  const log: string[] = []
  const { reloader, stop } = world(['log: { level: warn }'], [part(log, 'a')])
  const reloading = reloader.reload()
  stop.abort()
  await reloading
  t.same(log, ['prepare a info-warn'])
})

t.test('reloads come one after another, and no more than one waits', async (t) => {
  let [running, most, done] = [0, 0, 0]
  const ask = inTurns(async () => {
    most = Math.max(most, ++running)
    await sleep(5)
    running--
    if (++done === 1) throw new Error('the first fails')
  })
  const first = ask()
  await sleep(1)
  const others = Array.from({ length: 100 }, ask)
  await t.rejects(first)
  await Promise.all(others)
  t.same({ most, done }, { most: 1, done: 2 }, 'those that ask meanwhile share one')
  await ask()
  t.equal(done, 3)
})

t.test('every section either takes effect or is told to wait', async (t) => {
  const next = settingsOf(`
statistics: { disabled: [R_SYN] }
spot: { q: 1e-5 }
user_statistics: [{ name: X, expr: SYN }]
counter_groups: ["!hosts"]
privacy: { ipv4_prefix: 24 }
state: { interval: 5s }
log: { format: json }
`)
  t.same(changedKeys(FIRST, next), {
    live: ['statistics.disabled', 'spot.q', 'user_statistics', 'counter_groups', 'log.format'],
    late: ['privacy.ipv4_prefix', 'state.interval'],
  })
  t.same(changedKeys(FIRST, FIRST), { live: [], late: [] })
})
