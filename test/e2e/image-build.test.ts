// SPDX-License-Identifier: Apache-2.0
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { LIMITS, mustPodman } from '../support/podman.ts'
import { missingForImages, productImage } from '../support/podman-image.ts'
import { packageRoot } from '../support/root.ts'

t.setTimeout(290_000)

const skip = missingForImages() ?? false
const MEGABYTE = 1e6

interface Bom {
  readonly bomFormat: string
  readonly components: readonly { readonly purl: string }[]
}
interface Lock {
  readonly packages: Readonly<Record<string, { readonly version: string; readonly dev?: boolean }>>
}

const file = (path: string): string => readFileSync(join(packageRoot, path), 'utf8')

/* with no right at all, no network, and nothing that can be written */
function bare(id: string, flags: readonly string[], ...args: readonly string[]): Promise<string> {
  const none = ['--cap-drop=ALL', '--read-only', '--read-only-tmpfs=false', '--network=none']
  return mustPodman(['run', '--rm', '--pull=never', ...none, ...LIMITS, ...flags, id, ...args])
}

t.test('the image', { skip, timeout: 280_000 }, async (t) => {
  const began = performance.now()
  const id = await productImage()
  t.comment(`built in ${((performance.now() - began) / 1000).toFixed(1)} s`)
  const shell = (script: string) => bare(id, ['--entrypoint=sh'], '-c', script)

  t.test('is small, says what it is, and is nobody', async (t) => {
    const [about] = JSON.parse(await mustPodman(['image', 'inspect', id])) as {
      Size: number
      Labels: Record<string, string>
      Config: { User: string }
    }[]
    t.comment(`${((about?.Size ?? 0) / MEGABYTE).toFixed(0)} MB`)
    t.ok((about?.Size ?? Number.POSITIVE_INFINITY) < 250 * MEGABYTE)
    const { version, description } = JSON.parse(file('package.json')) as Record<string, string>
    t.match(about?.Labels, {
      'org.opencontainers.image.version': version,
      'org.opencontainers.image.description': description,
      'org.opencontainers.image.licenses': 'Apache-2.0',
    })
    t.equal(about?.Config.User, '65532:65532')
  })

  t.test('has the program and Node on PATH, and no compiler', async (t) => {
    t.match(await shell('node --version'), /^v24\./)
    t.equal(
      await shell('pktspot --version'),
      (JSON.parse(file('package.json')) as { version: string }).version,
    )
    t.equal(
      await shell('for each in cc gcc clang ld make npm; do command -v $each; done; true'),
      '',
    )
  })

  t.test('lets nobody change what it runs', async (t) => {
    const writable = 'find / -xdev -not -type l -perm -o+w -not -path "/proc/*" -not -path "/dev/*"'
    t.same((await shell(`${writable} 2>/dev/null || true`)).split('\n').sort(), [
      '/run/lock',
      '/tmp',
      '/var/lib/pktspot',
      '/var/tmp',
    ])
    t.equal(await shell('find /opt/pktspot -not -readable'), '')
  })

  t.test('replays and filters without any right', async (t) => {
    const config = join(t.testdir(), 'pktspot.yaml')
    writeFileSync(config, 'counters: [{ name: WEB, help: Web, layer: PKT, filter: tcp port 80 }]\n')
    const mounts = [
      `${join(packageRoot, 'test/fixtures')}:/captures:ro`,
      `${config}:/pktspot.yaml:ro`,
    ]
    const flags = mounts.map((each) => `--volume=${each}`)
    const told = await bare(
      id,
      flags,
      'replay',
      '--totals',
      '-c',
      '/pktspot.yaml',
      '/captures/demo.pcap',
    )
    const { packets, counters } = JSON.parse(told) as {
      packets: number
      counters: Record<string, number>
    }
    t.equal(packets, 3701)
    t.ok((counters['WEB'] ?? 0) > 0, `libpcap compiled the filter, which ${counters['WEB']} met`)
  })

  t.test('names every package it carries in its bill of materials', async (t) => {
    const bom = JSON.parse(await shell('cat /opt/pktspot/sbom.cdx.json')) as Bom
    t.equal(bom.bomFormat, 'CycloneDX')
    const named = new Set(bom.components.map(({ purl }) => decodeURIComponent(purl)))
    const { packages } = JSON.parse(file('package-lock.json')) as Lock
    const carried = (await shell('cd /opt/pktspot && find node_modules -name package.json')).split(
      '\n',
    )
    const paths = new Set(carried.map((path) => path.replace(/\/package\.json$/, '')))
    const locked = Object.entries(packages).filter(([path]) => path !== '' && paths.has(path))
    t.ok(locked.length > 50, `${locked.length} packages`)
    for (const [path, { version, dev }] of locked) {
      const name = path.replace(/^.*node_modules\//, '')
      t.notOk(dev, `${name} is not for development alone`)
      t.ok(named.has(`pkg:npm/${name}@${version}`), `${name}@${version}`)
    }
  })
})
