// SPDX-License-Identifier: Apache-2.0
import { setTimeout as sleep } from 'node:timers/promises'
import t, { type Test } from 'tap'
import { FIXTURE } from '../contracts/subject.ts'
import { command } from '../support/command.ts'
import { held, interfacesOf, type Lab, lab, residentKilobytes, until } from '../support/lab.ts'
import { missingPrivilege } from '../support/privileges.ts'
import type { Running } from '../support/running.ts'
import { type Scrape, sample } from '../support/scrape.ts'
import { fixtureSums, scrapedSums, settled } from '../support/sums.ts'

const skip = missingPrivilege() ?? false
const packets = fixtureSums()['PKTS'] ?? 0

/** Seconds of coming and going; more by hand. */
const SECONDS = Number(process.env['PKTSPOT_TEST_SECONDS'] ?? 20)
const PAIRS = 200

const UP = 'pktspot_source_up'
const SKIPPED = 'pktspot_interfaces_skipped'
const COUNTED = 'pktspot_receive_packets_total'

/** Waits until these are the interfaces of every series. */
async function shows(running: Running, ...names: readonly string[]): Promise<boolean> {
  const wanted = names.toSorted().join()
  return until(running, (scrape) => interfacesOf(scrape).join() === wanted)
}

/** Checks every counter of an interface, once the fixture that was sent so often is counted. */
async function counts(t: Test, running: Running, name: string, loops: number): Promise<void> {
  const read = async () => scrapedSums(await running.scrape(), name)
  t.same(await settled(read, loops * packets), fixtureSums(loops), `${name} counts ${loops} times`)
}

const isUp = (scrape: Scrape, name: string) => sample(scrape, UP, { interface: name }) === 1

/** Makes pairs come and go at random until the time is over, then removes all. */
async function churn({ batch }: Lab, seconds: number): Promise<number> {
  const there = new Set<number>()
  let changes = 0
  for (const end = Date.now() + seconds * 1000; Date.now() < end; ) {
    const lines = Array.from({ length: 8 }, () => {
      const at = Math.floor(Math.random() * PAIRS)
      changes++
      if (there.delete(at)) return [`link delete h${at}`]
      there.add(at)
      return [`link add h${at} type veth peer name t${at}`, `link set h${at} arp off up`]
    })
    await batch(lines.flat())
  }
  await batch([...there].map((at) => `link delete h${at}`))
  return changes
}

t.test(
  '200 pairs of links that come and go leave nothing and cost nobody a packet',
  { skip },
  async (t) => {
    t.setTimeout((SECONDS + 120) * 1000)
    const place = await lab(t)
    await place.pair('stable', 'speer')
    const running = await place.start(['-i', 'h*', '-i', 'stable'])
    /* what is opened once only is open by then */
    await place.pair('h0', 't0')
    t.ok(await shows(running, 'stable', 'h0'))
    await place.ip('link', 'delete', 'h0')
    t.ok(await shows(running, 'stable'))
    const before = held(running.pid)
    const memory = residentKilobytes(running.pid)

    let most = 0
    const watching = new AbortController()
    const watched = (async () => {
      for (; !watching.signal.aborted; await sleep(500)) {
        const scrape = await running.scrape()
        most = Math.max(most, interfacesOf(scrape).length)
        t.ok(isUp(scrape, 'stable'))
      }
    })()
    const perSecond = 2000
    const loop = Math.ceil((SECONDS * perSecond) / packets)
    const [changes, sent] = await Promise.all([
      churn(place, SECONDS),
      place.send('speer', FIXTURE, { loop, perSecond }),
    ])
    watching.abort()
    await watched
    const isOver = (scrape: Scrape) =>
      interfacesOf(scrape).join() === 'stable' && sample(scrape, SKIPPED) === 0
    t.ok(await until(running, isOver, 30_000), 'only the stable one has series')
    t.equal(sample(await running.scrape(), COUNTED, { interface: 'stable' }), sent)
    await counts(t, running, 'stable', loop)
    await sleep(500)
    t.same(held(running.pid), before, 'no descriptor, map, program or link is left')
    const after = residentKilobytes(running.pid)
    t.ok(most > 2, `${most} interfaces at a time`)
    t.comment(
      `${changes} changes in ${SECONDS} s, up to ${most} interfaces at a time, ${sent} packets counted; RSS ${memory} KiB before, ${after} KiB after`,
    )
    const errors = running.log.filter((line) => /"level":(50|60)/.test(line))
    t.same(errors, [])
    t.ok(running.log.length < 12 * (SECONDS + 30), `${running.log.length} lines`)
    t.match(await running.stop(), { code: 0 })
  },
)

t.test('series begin and end with their interfaces, in the API too', { skip }, async (t) => {
  const place = await lab(t)
  const running = await place.start(['-i', 'h*', '-i', '!h9*'])
  t.ok(await shows(running), 'a pattern that matches nothing yet waits')
  t.equal(running.log.filter((line) => line.includes('waiting for interfaces')).length, 1)

  await place.pair('h1', 't1')
  await place.pair('h90', 't90')
  t.ok(await shows(running, 'h1'), 'what is excluded is not counted')
  await place.send('t1', FIXTURE)
  await counts(t, running, 'h1', 1)
  t.ok(await until(running, (scrape) => windows(scrape, 'h1') > 1))

  await place.ip('link', 'delete', 'h1')
  t.ok(await shows(running))
  const answers = await Promise.all(
    ['interfaces', 'counters', 'statistics', 'groups', 'history'].map(async (path) =>
      (await running.get(`/api/v1/${path}`)).text(),
    ),
  )
  t.notMatch(answers.join(), /h1/)

  await place.pair('h1', 't1')
  t.ok(await shows(running, 'h1'))
  const scrape = await running.scrape()
  t.equal(sample(scrape, COUNTED, { interface: 'h1' }), 0, 'begins anew')
  t.ok(windows(scrape, 'h1') <= 2)
  t.equal(sample(scrape, 'pktspot_source_reattachments_total', { interface: 'h1' }), 0)
  await place.send('t1', FIXTURE, { loop: 2 })
  await counts(t, running, 'h1', 2)
})

function windows(scrape: Scrape, name: string): number {
  const labels = { interface: name, statistic: 'PKTS_RATE', window: '1' }
  return sample(scrape, 'pktspot_statistic_windows_total', labels) ?? 0
}

t.test(
  'a label follows a rename, a name that was given is lost with its interface',
  { skip },
  async (t) => {
    const place = await lab(t)
    await place.pair('given', 'gpeer')
    await place.pair('h1', 't1')
    const running = await place.start(['-i', 'h*', '-i', 'given'])
    await place.send('gpeer', FIXTURE)
    await counts(t, running, 'given', 1)
    await place.ip('link', 'set', 'h1', 'name', 'h2')
    t.ok(await shows(running, 'given', 'h2'))
    await place.send('t1', FIXTURE)
    await counts(t, running, 'h2', 1)
    await place.ip('link', 'set', 'h2', 'name', 'x2')
    t.ok(await shows(running, 'given'))

    await place.ip('link', 'set', 'given', 'name', 'taken')
    t.ok(await until(running, (scrape) => !isUp(scrape, 'given')))
    await counts(t, running, 'given', 1)
    await place.ip('link', 'set', 'taken', 'name', 'given')
    t.ok(await until(running, (scrape) => isUp(scrape, 'given'), 2000), 'and is found at once')
    await place.send('gpeer', FIXTURE)
    await counts(t, running, 'given', 2)
  },
)

for (const mode of ['tcx', 'xdp-generic', 'packet-socket']) {
  t.test(`${mode}: down and up, another MTU, another namespace and back`, { skip }, async (t) => {
    const place = await lab(t)
    const other = `${place.namespace}-b`
    await command('ip', ['netns', 'add', other])
    t.teardown(() => command('ip', ['netns', 'delete', other]))
    await place.pair('given', 'gpeer')
    await place.pair('h1', 't1')
    const running = await place.start(['-i', 'h*', '-i', 'given', '--source', mode])
    const send = () => Promise.all(['gpeer', 't1'].map((from) => place.send(from, FIXTURE)))
    let loops = 0
    for (const change of [['down'], ['up'], ['mtu', '9000'], ['mtu', '1500']]) {
      for (const name of ['given', 'h1', 'gpeer', 't1']) {
        await place.ip('link', 'set', name, ...change)
      }
      if (change[0] === 'down') continue
      await send()
      loops++
      for (const name of ['given', 'h1']) await counts(t, running, name, loops)
    }
    const scrape = await running.scrape()
    for (const name of ['given', 'h1']) {
      t.equal(sample(scrape, 'pktspot_source_reattachments_total', { interface: name }), 0)
    }

    for (const name of ['given', 'h1']) await place.ip('link', 'set', name, 'netns', other)
    t.ok(await shows(running, 'given'))
    t.ok(await until(running, (scrape) => !isUp(scrape, 'given')))
    for (const name of ['given', 'h1']) {
      const back = ['link', 'set', name, 'netns', place.namespace]
      await command('ip', ['-netns', other, ...back])
      await place.ip('link', 'set', name, 'arp', 'off', 'up')
    }
    t.ok(await shows(running, 'given', 'h1'))
    t.ok(await until(running, (scrape) => isUp(scrape, 'given')))
    await send()
    await counts(t, running, 'given', loops + 1)
    await counts(t, running, 'h1', 1)
  })
}

t.test('the interface of the default route is followed', { skip }, async (t) => {
  const place = await lab(t)
  for (const [at, name] of ['one', 'two'].entries()) {
    await place.pair(name, `${name}p`)
    await place.ip('address', 'add', `10.204.${at}.1/24`, 'dev', name)
  }
  await place.ip('route', 'add', 'default', 'dev', 'one')
  const running = await place.start(['-i', 'default-route'], { PKTSPOT_WEB_RELOAD: 'true' })
  t.ok(await shows(running, 'one'))
  await place.ip('route', 'replace', 'default', 'dev', 'two')
  t.ok(await shows(running, 'two'))
  await place.send('twop', FIXTURE)
  await counts(t, running, 'two', 1)
  await place.ip('route', 'delete', 'default')
  await place.ip('link', 'delete', 'two')
  t.ok(await until(running, (scrape) => sample(scrape, UP, { interface: 'two' }) === 0))
  await place.ip('route', 'add', 'default', 'dev', 'one')
  t.ok(await shows(running, 'one'))
})

t.test('without the right to attach the interface of before stays', { skip }, async (t) => {
  const place = await lab(t)
  for (const [at, name] of ['one', 'two'].entries()) {
    await place.pair(name, `${name}p`)
    await place.ip('address', 'add', `10.204.${at}.1/24`, 'dev', name)
  }
  await place.ip('route', 'add', 'default', 'dev', 'one')
  const running = await place.start(['-i', 'default-route'])
  await place.ip('route', 'replace', 'default', 'dev', 'two')
  const said = (): boolean => running.log.some((line) => line.includes('leads to two now'))
  t.ok(await until(running, said), 'one line says so')
  await place.send('onep', FIXTURE)
  await counts(t, running, 'one', 1)
})

const KINDS = { bond: [], vlan: ['link', 'vpeer'] } as const

for (const [kind, over] of Object.entries(KINDS)) {
  t.test(`a ${kind} device is counted`, { skip }, async (t) => {
    const place = await lab(t)
    await place.pair('under', 'vpeer')
    const more = kind === 'vlan' ? ['id', '5'] : ['mode', 'active-backup']
    const base = over.length > 0 ? ['link', 'under'] : []
    const made = await command('ip', [
      ...['-netns', place.namespace, 'link', 'add', ...base, 'name', 'h1', 'type', kind],
      ...more,
    ])
    if (/Unknown device type/.test(made.stderr)) {
      t.pass(`# SKIP this kernel has no ${kind} devices`)
      return
    }
    t.equal(made.code, 0, made.stderr)
    if (kind === 'bond') {
      await place.ip('link', 'set', 'under', 'down')
      await place.ip('link', 'set', 'under', 'master', 'h1')
    }
    await place.ip('link', 'set', 'h1', 'arp', 'off', 'up')
    const running = await place.start(['-i', 'h*'])
    t.ok(await shows(running, 'h1'))
    await place.send('vpeer', FIXTURE)
    const found = await until(
      running,
      (scrape) => (sample(scrape, COUNTED, { interface: 'h1' }) ?? 0) > 0,
    )
    t.equal(found, kind === 'bond')
    await place.ip('link', 'delete', 'h1')
    t.ok(await shows(running))
  })
}
