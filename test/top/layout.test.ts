// SPDX-License-Identifier: Apache-2.0
import { EventEmitter } from 'node:events'
import t from 'tap'
import { arrange, type Band, type Size } from '../../src/top/arrange.ts'
import { type Controls, START } from '../../src/top/controls.ts'
import type { Scene } from '../../src/top/panels.ts'
import { openView } from '../../src/top/view.ts'
import { programOf, sceneOf } from './scene.ts'

const program = await programOf()
const SMALL = { columns: 80, rows: 24 }
const LARGE = { columns: 200, rows: 50 }

/** Draws bands as a terminal would get them. */
function drawn(bands: readonly Band[], { columns }: Size, colour = false): string[] {
  let frame: readonly string[] = []
  const view = openView({
    keyboard: new EventEmitter() as NodeJS.ReadStream,
    columns: () => columns,
    colour,
    onKey: () => undefined,
    onFrame: (lines) => {
      frame = lines
    },
  })
  view.show(bands)
  const lines = [...frame]
  view.close()
  return lines
}

function lines(
  size: Size,
  controls: Partial<Controls> = {},
  scene: Scene = sceneOf(program, ['eth0']),
) {
  return plain(drawn(arrange(program, scene, { ...START, ...controls }, size), size))
}

function plain(lines: readonly string[]): string[] {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: escape codes are what is taken out
  return lines.map((line) => line.replaceAll(/\u001B\[[\d;]*m/g, ''))
}

/** Every number of a column ends where its title ends. */
function alignedUnder(lines: readonly string[], title: string): boolean {
  const at = lines.findIndex((line) => line.includes(title))
  const end = (lines[at] ?? '').indexOf(title) + title.length
  const rows = lines.slice(at + 1)
  const until = rows.findIndex((line) => line.trim() === '')
  const table = rows.slice(0, until < 0 ? undefined : until)
  return table.length > 0 && table.every((row) => /\S(?: |$)/.test(row.slice(end - 1, end + 1)))
}

for (const size of [SMALL, LARGE, { columns: 120, rows: 40 }]) {
  t.test(`${size.columns}x${size.rows} is filled and nothing wraps`, async (t) => {
    for (const names of [['eth0'], ['eth0', 'enp0s31f6', 'wlan0']]) {
      for (const panel of program.panels.keys()) {
        for (const scale of [1, 123_456_789]) {
          const screen = lines(size, { panel }, sceneOf(program, names, scale))
          t.equal(screen.length, size.rows)
          t.same(
            screen.filter((line) => line.length > size.columns),
            [],
          )
        }
      }
    }
  })
}

t.test('80x24 has totals, all protocols, ten keys, the rest and the keys to press', async (t) => {
  const screen = lines(SMALL)
  t.match(screen[0], /^pktspot top {2}eth0 .* ! 1 anomaly {2}12:34:56$/)
  t.match(screen[1], /^Interface +Packets +pps +Bytes +bit\/s +Lost +Mode$/)
  t.match(screen[2], /^eth0 .* xdp-generic$/)
  t.same(
    screen.slice(4, 9).map((line) => line.split(' ')[0]),
    ['Protocol', 'tcp', 'udp', 'icmp', 'other'],
  )
  t.match(screen[10], /^\[sources\] ports {2}flows {2}statistics/)
  t.equal(screen.filter((line) => /^192\.168\.100\.1\d\d /.test(line)).length, 10)
  t.match(screen[22], /^other +3 +1\.50 +300B +1\.20K$/)
  t.match(screen[23], /^q quit {2}g group {2}s sort: packets {2}p pause {2}\? help$/)
  for (const title of ['Packets', 'pps', 'Bytes', 'bit/s']) {
    t.ok(alignedUnder(screen.slice(11, 23), title), title)
  }
})

t.test('numbers are whole wherever they are shown', async (t) => {
  for (const size of [SMALL, LARGE, { columns: 60, rows: 30 }, { columns: 40, rows: 20 }]) {
    for (const panel of program.panels.keys()) {
      const screen = lines(size, { panel }, sceneOf(program, ['eth0'], 123_456_789))
      const cut = screen.filter((line) => /^(?:tcp|udp|192).*…\S*(?: +\S+)?$/.test(line))
      t.same(cut, [], `${size.columns}x${size.rows}`)
    }
  }
})

t.test('flows of IPv4 are whole at 80 columns, those of IPv6 keep their ports', async (t) => {
  const panel = program.panels.findIndex(({ name }) => name === 'flows')
  const screen = lines(SMALL, { panel })
  t.match(screen[12], /^tcp +\[2001:\S*…\S*\]:65535 +\[2001:\S*…\S*\]:443 /)
  t.match(screen.join('\n'), /^udp +192\.168\S*…\S*:65535 /m, 'beside them the others give way')
  const short = sceneOf(program, ['eth0'])
  const scene = {
    ...short,
    frame: {
      ...short.frame,
      interfaces: short.frame.interfaces.map((each) => ({
        ...each,
        groups: each.groups.map(({ total, keys }) => ({
          total,
          keys: keys.filter(({ id }) => !id.startsWith('2306')),
        })),
      })),
    },
  }
  t.match(
    lines(SMALL, { panel }, scene)[12],
    /^udp +192\.168\.100\.100:65535 +203\.0\.113\.255:53 /,
  )
})

t.test('200x50 shows six panels at once, the chosen one marked', async (t) => {
  const screen = lines(LARGE)
  const text = screen.join('\n')
  t.match(text, /^> sources by packets +ports by packets/m)
  t.match(text, /^flows by packets +statistics/m)
  t.match(text, /^sizes +icmp by packets/m)
  t.match(text, /^<= 64 +#+ /m)
  t.match(text, /^> 9216 +# /m)
  t.match(lines(LARGE, { panel: 1 }).join('\n'), /^sources by packets +> ports by packets/m)
})

t.test('several interfaces are shown beside their sum, and one of them alone', async (t) => {
  const scene = sceneOf(program, ['eth0', 'eth1'])
  const both = lines(SMALL, {}, scene)
  t.match(both[2], /^> all +156 /)
  t.match(both[3], /^eth0 +78 /)
  t.match(both[4], /^eth1 +78 /)
  t.match(both.at(-1), 'i interface: all')
  const one = lines(SMALL, { interface: 'eth1' }, scene)
  t.match(one[0], /^pktspot top {2}eth1 /)
  t.match(one[4], /^> eth1 +78 /)
  t.match(one.at(-1), 'i interface: eth1')
})

t.test('statistics stand against their thresholds, anomalies first', async (t) => {
  const panel = program.panels.findIndex(({ name }) => name === 'statistics')
  const rows = lines(SMALL, { panel }).slice(11, 15)
  t.match(rows[0], /^Statistic +Window +Value +Lower +Upper +State$/)
  t.match(rows[1], /^R_SYN +100 s +0\.950 +- +0\.900 +! too high$/)
  t.match(rows[2], /^R_SYN +1 s +0\.100 +- +0\.900 +normal$/)
  t.match(rows[3], /^R_SYN +10 s +0\.200 +- +- +learning 43 %$/)
})

t.test('colours mark anomalies only where they are wanted', async (t) => {
  const bands = arrange(program, sceneOf(program, ['eth0']), START, SMALL)
  t.match(drawn(bands, SMALL, true)[0], '\u001B[31m')
  t.notMatch(drawn(bands, SMALL, false).join(''), '\u001B[3')
})

t.test('scrolling shows what is below, and ends with the last row at the bottom', async (t) => {
  const panel = program.panels.findIndex(({ name }) => name === 'statistics')
  const names = ['eth0', 'eth1', 'eth2', 'eth3', 'eth4']
  const scene = sceneOf(program, names)
  const all = (scroll: number) => lines(SMALL, { panel, scroll }, scene)
  t.match(all(0).join('\n'), 'too high')
  t.match(all(100).at(-2), /^R_SYN +eth4 +10 s/)
  t.same(all(100), all(99))
})

t.test('any window can be drawn to', async (t) => {
  for (const columns of [1, 5, 20, 33, 61, 79, 159, 160, 161, 300]) {
    for (const rows of [1, 2, 5, 12, 23, 60]) {
      const screen = lines({ columns, rows }, {}, sceneOf(program, ['eth0', 'eth1']))
      const wide = screen.filter((line) => line.length > columns)
      if (screen.length !== rows || wide.length > 0) t.fail(`${columns}x${rows}`)
    }
  }
})

t.test('before the first interval has ended no rate is shown', async (t) => {
  const scene = { ...sceneOf(program, []), judged: [] }
  const screen = lines(SMALL, {}, scene)
  t.equal(screen.length, SMALL.rows)
  t.notMatch(screen.join('\n'), /\dK|NaN/)
})
