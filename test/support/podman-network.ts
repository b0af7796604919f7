// SPDX-License-Identifier: Apache-2.0
import { spawn } from 'node:child_process'
import type { Test } from 'tap'
import { ended } from './alertmanager.ts'
import { command, must } from './command.ts'
import { type Network, network } from './netns.ts'

/** A network namespace as a node's or a pod's: a link that is silent but for what is sent, and one that serves it. */
export interface NodeNetwork {
  readonly namespace: string
  /** The interface to count, inside the namespace. */
  readonly counted: string
  /** The namespace's own address, on another interface. */
  readonly address: string
  /** Sends a capture to the counted interface, at a rate or in its own time; gives the number of frames. */
  send(file: string, perSecond: number): Promise<number>
  /** Begins to send a capture in its own time, which goes on until its end or the test's. */
  play(file: string): void
}

/** Makes the namespace and its links; removed when the test ends. */
export async function nodeNetwork(t: Test): Promise<NodeNetwork> {
  const link: Network = await network(t)
  const { namespace, here, there } = link
  const name = here.replace(/h$/, 'm')
  const second = 1 + (Number.parseInt(here.slice(2, 8), 16) % 250)
  const [ours, theirs] = [`10.204.${second}.1`, `10.204.${second}.2`]
  await must(
    'ip',
    'link',
    'add',
    name,
    'type',
    'veth',
    'peer',
    'name',
    'serving',
    'netns',
    namespace,
  )
  t.teardown(() => command('ip', ['link', 'delete', name]))
  await must('ip', 'address', 'add', `${ours}/24`, 'dev', name)
  await must('ip', 'link', 'set', name, 'up')
  await link.inside('ip', 'address', 'add', `${theirs}/24`, 'dev', 'serving')
  await link.inside('ip', 'link', 'set', 'serving', 'up')
  const sender = ['--quiet', '--no-flow-stats', '--preload-pcap', `--intf1=${here}`]
  return {
    namespace,
    counted: there,
    address: theirs,
    async send(file, perSecond) {
      const args = [...sender, `--pps=${perSecond}`, file]
      const { code, stdout, stderr } = await command('tcpreplay', args, { timeout: 150_000 })
      if (code !== 0) throw new Error(`tcpreplay: exit ${code}: ${stderr.slice(0, 500)}`)
      return Number(/Successful packets:\s+(\d+)/.exec(stdout)?.[1])
    },
    play(file) {
      const child = spawn('tcpreplay', [...sender, file], { stdio: 'ignore' })
      t.teardown(() => ended(child))
    },
  }
}
