// SPDX-License-Identifier: Apache-2.0
import { setTimeout as sleep } from 'node:timers/promises'
import t from 'tap'
import { FIXTURE } from '../contracts/subject.ts'
import { command, must } from '../support/command.ts'
import { usualModes } from '../support/modes.ts'
import { type Network, network } from '../support/netns.ts'
import { missingPrivilege } from '../support/privileges.ts'
import { program } from '../support/root.ts'
import { type Running, startRun } from '../support/running.ts'
import { sample } from '../support/scrape.ts'
import { fixtureSums, type Sums, scrapedSums, settled } from '../support/sums.ts'

const skip = missingPrivilege() ?? false
/** Keeps the capabilities that attaching again takes. */
const RELOAD = { env: { PKTSPOT_WEB_RELOAD: 'true' } }
const packets = fixtureSums()['PKTS'] ?? 0

/** Sums of one interface as /metrics shows them, once there are so many packets. */
function shown(running: Running, { here }: Network, expected: number): Promise<Sums> {
  return settled(async () => scrapedSums(await running.scrape(), here), expected)
}

/** Waits at most five seconds for the value of a series. */
async function becomes(
  running: Running,
  name: string,
  { here }: Network,
  value: number,
): Promise<boolean> {
  for (const end = Date.now() + 5000; Date.now() < end; await sleep(50)) {
    if (sample(await running.scrape(), name, { interface: here }) === value) return true
  }
  return false
}

/** Makes the same link again after it was deleted. */
async function relink({ here, there, namespace, inside }: Network): Promise<void> {
  const peer = ['type', 'veth', 'peer', 'name', there, 'netns', namespace]
  await must('ip', 'link', 'add', here, ...peer)
  await must('sysctl', '-qw', `net.ipv6.conf.${here}.disable_ipv6=1`)
  await must('ip', 'link', 'set', here, 'arp', 'off', 'up')
  await inside('ip', 'link', 'set', there, 'arp', 'off', 'up')
}

for (const mode of usualModes) {
  t.test(`${mode} counts two interfaces apart`, { skip }, async (t) => {
    const [one, two] = [await network(t), await network(t)]
    const both = ['-i', one.here, '-i', two.here]
    const running = await startRun(t, [...both, '--source', mode])
    await Promise.all([one.send(FIXTURE, { loop: 3 }), two.send(FIXTURE, { loop: 5 })])
    t.same(await shown(running, one, 3 * packets), fixtureSums(3))
    t.same(await shown(running, two, 5 * packets), fixtureSums(5))
  })

  t.test(`${mode} goes on when an interface vanishes and returns`, { skip }, async (t) => {
    const [lost, kept] = [await network(t), await network(t)]
    const both = ['-i', lost.here, '-i', kept.here]
    const running = await startRun(t, [...both, '--source', mode], RELOAD)
    await Promise.all([lost.send(FIXTURE), kept.send(FIXTURE)])
    t.same(await shown(running, lost, packets), fixtureSums())

    await must('ip', 'link', 'delete', lost.here)
    t.ok(await becomes(running, 'pktspot_source_up', lost, 0), 'its absence is seen')
    t.same(await shown(running, lost, packets), fixtureSums(), 'its totals stay')
    await kept.send(FIXTURE)
    t.same(await shown(running, kept, 2 * packets), fixtureSums(2), 'the other one goes on')

    await relink(lost)
    t.ok(await becomes(running, 'pktspot_source_up', lost, 1), 'its return is seen')
    t.same(await shown(running, lost, packets), fixtureSums(), 'its totals do not fall')
    await lost.send(FIXTURE)
    t.same(await shown(running, lost, 2 * packets), fixtureSums(2), 'and go on')
    t.ok(await becomes(running, 'pktspot_source_reattachments_total', lost, 1))
    t.ok(await becomes(running, 'pktspot_source_reattachments_total', kept, 0))
    const words = `${lost.here}: the interface has vanished`
    t.equal(running.log.filter((line) => line.includes(words)).length, 1, 'one line says so')
    t.same(await running.stop(), { code: 0, signal: null })
  })
}

for (const mode of usualModes) {
  t.test(`${mode} goes on when its interface was down for a while`, { skip }, async (t) => {
    const link = await network(t)
    const running = await startRun(t, ['-i', link.here, '--source', mode])
    await link.send(FIXTURE)
    t.same(await shown(running, link, packets), fixtureSums())
    await must('ip', 'link', 'set', link.here, 'down')
    await sleep(100)
    await must('ip', 'link', 'set', link.here, 'up')
    await link.send(FIXTURE)
    t.same(await shown(running, link, 2 * packets), fixtureSums(2))
    t.ok(await becomes(running, 'pktspot_source_up', link, 1))
  })
}

t.test('without its only interface the program is alive but not ready', { skip }, async (t) => {
  const link = await network(t)
  const running = await startRun(t, ['-i', link.here], RELOAD)
  await must('ip', 'link', 'delete', link.here)
  t.ok(await becomes(running, 'pktspot_source_up', link, 0))
  t.equal((await running.get('/-/healthy')).status, 200)
  t.equal((await running.get('/-/ready')).status, 503)
  t.same(await running.stop(), { code: 0, signal: null })
})

t.test('an interface that is not there is refused with those that are', { skip }, async (t) => {
  const { here } = await network(t)
  const args = [program, 'run', '-i', here, '-i', 'nothere0']
  const { code, stdout, stderr } = await command(process.execPath, args, { timeout: 10_000 })
  t.equal(code, 1)
  t.equal(stdout, '')
  t.match(stderr, /^pktspot: nothere0: no such interface .*; there are lo, .*\.\n$/)
  t.match(stderr, here)
})

t.test('a source that is none is refused with those that are', async (t) => {
  const args = [program, 'run', '-i', 'lo', '--source', 'xpd']
  const { code, stdout, stderr } = await command(process.execPath, args, { timeout: 10_000 })
  t.equal(code, 78)
  t.equal(stdout, '')
  t.match(stderr, /^pktspot: --source: .*"xpd".*auto, tcx, xdp, xdp-generic, packet-socket/)
})
