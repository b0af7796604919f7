// SPDX-License-Identifier: Apache-2.0
import { createHash } from 'node:crypto'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Test } from 'tap'
import { command, type Finished } from './command.ts'
import { packageRoot } from './root.ts'

/** Where images and what the tests make of them are kept from one run to the next. */
export const imageCache = join(packageRoot, 'node_modules/.cache/pktspot')

/* images of the tests' own, so that stand-ins for official ones are never taken for these elsewhere */
const OWN = createHash('sha256').update(packageRoot).digest('hex').slice(0, 8)
const STORE = ['--root', join(imageCache, 'images'), '--runroot', `/run/pktspot-${OWN}`]
/** Limits that podman raises by default, which not every machine allows. */
export const LIMITS = ['--ulimit', 'nofile=20000:20000', '--ulimit', 'nproc=4096:4096']
const ENGINE = ['--cgroup-manager', 'cgroupfs', '--runtime', 'runc', '--log-level', 'error']

/** Runs podman on the tests' own store. */
export async function podman(
  args: readonly string[],
  options: { readonly timeout?: number } = {},
): Promise<Finished> {
  mkdirSync(imageCache, { recursive: true })
  return command('podman', [...STORE, ...ENGINE, ...args], { env: process.env, ...options })
}

/** Runs podman, which must succeed, and gives its standard output without white space around. */
export async function mustPodman(args: readonly string[], timeout = 60_000): Promise<string> {
  const { code, signal, stdout, stderr } = await podman(args, { timeout })
  if (code === 0) return stdout.trim()
  const end = stderr.trim().split('\n').slice(-15).join('\n')
  throw new Error(`podman ${args.join(' ')}: exit ${code ?? signal}: ${end}`)
}

/** Builds an image from a Dockerfile, with what a context holds; gives its identifier. */
export function build(
  args: readonly string[],
  context: string,
  timeout = 240_000,
): Promise<string> {
  const fixed = ['build', '--isolation', 'chroot', '--pull=never', '--timestamp', '0', '--quiet']
  return mustPodman([...fixed, ...LIMITS, ...args, context], timeout)
}

/** A started container. */
export interface Container {
  readonly id: string
  /** Of its first process, on this machine. */
  readonly pid: number
  /** Its log so far. */
  log(): Promise<string>
  /** Sends SIGTERM and waits for the end; gives the exit code, 137 when it had to be killed. */
  stop(): Promise<number>
}

/** Starts a container in a network namespace, with a read-only root and no right but those given; removed at the test's end. */
export async function startContainer(
  t: Test,
  options: {
    readonly image: string
    readonly namespace: string
    readonly capabilities: readonly string[]
    readonly flags?: readonly string[]
    readonly args: readonly string[]
  },
): Promise<Container> {
  const { image, namespace, capabilities, flags = [], args } = options
  const id = await mustPodman([
    'run',
    '--detach',
    '--pull=never',
    `--network=ns:/run/netns/${namespace}`,
    '--user=0',
    '--read-only',
    '--read-only-tmpfs=false',
    '--cap-drop=ALL',
    ...capabilities.map((each) => `--cap-add=${each}`),
    '--security-opt=no-new-privileges',
    '--memory=128m',
    ...LIMITS,
    ...flags,
    image,
    ...args,
  ])
  t.teardown(() => podman(['rm', '--force', '--time=5', '--volumes', id]))
  const inspected = (what: string) => mustPodman(['inspect', '--format', `{{.State.${what}}}`, id])
  return {
    id,
    pid: Number(await inspected('Pid')),
    log: async () => {
      const { stdout, stderr } = await podman(['logs', id])
      return stdout + stderr
    },
    stop: async () => {
      await mustPodman(['stop', '--time=10', id])
      return Number(await inspected('ExitCode'))
    },
  }
}
