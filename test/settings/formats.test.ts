// SPDX-License-Identifier: Apache-2.0
import t from 'tap'
import { glob } from '../../src/settings/glob.ts'
import { listenAddress, parseListenAddress } from '../../src/settings/listen-address.ts'
import { duration, share, size } from '../../src/settings/quantity.ts'
import { keys } from '../../src/settings/settings.ts'
import { isEnabled } from '../../src/settings/statistics.ts'
import { nearest } from '../../src/settings/suggest.ts'

function format(path: string) {
  const key = keys.find((each) => each.path === path)
  if (!key) throw new Error(`no setting ${path}`)
  return key.format
}

t.test('sizes', async (t) => {
  const { read, show } = size(1, 2 ** 40)
  t.equal(read('32MiB'), 33_554_432)
  t.equal(read('32 MiB'), 33_554_432)
  t.equal(read('1.5KiB'), 1536)
  t.equal(read('2MB'), 2_000_000)
  t.equal(read('7kB'), 7000)
  t.equal(read('7B'), 7)
  t.equal(read('1GiB'), 2 ** 30)
  t.equal(read('4096'), 4096)
  t.equal(read(4096), 4096)
  for (const bad of [
    '',
    'MiB',
    '-1',
    '1.5',
    1.5,
    '3mib',
    '3 M',
    '1e3',
    '0',
    0,
    '2TiB',
    null,
    [],
    true,
    '3toString',
  ]) {
    t.equal(read(bad), undefined, String(bad))
  }
  t.strictSame([2 ** 30, 33_554_432, 1536, 1000].map(show), ['1GiB', '32MiB', 1536, 1000])
})

t.test('shares', async (t) => {
  const { read, show, remedy } = share(0.001, 1)
  t.equal(read('10%'), 0.1)
  t.equal(read('0.5 %'), 0.005)
  t.equal(read('100%'), 1)
  t.equal(read('0.25'), 0.25)
  t.equal(read(0.25), 0.25)
  for (const bad of ['', '%', '10', 10, '101%', '0%', 0, '-1%', '10 percent', '10%%', null]) {
    t.equal(read(bad), undefined, String(bad))
  }
  t.strictSame([0.1, 0.005, 1].map(show), ['10%', '0.5%', '100%'])
  t.equal(remedy?.(10), 'write 10%')
})

t.test('lengths of time', async (t) => {
  const { read, show } = duration(0, 86_400)
  t.equal(read('1h'), 3600)
  t.equal(read('90s'), 90)
  t.equal(read('1.5m'), 90)
  t.equal(read('250ms'), 0.25)
  t.equal(read('1d'), 86_400)
  t.equal(read(60), 60)
  t.equal(read('60'), 60)
  for (const bad of ['', 's', '1 hour', '-1s', '2d', Number.NaN, null, '1H']) {
    t.equal(read(bad), undefined, String(bad))
  }
  t.strictSame([3600, 90, 86_400, 0.5, 120].map(show), ['1h', '90s', '1d', '0.5s', '2m'])
})

t.test('addresses to listen on', async (t) => {
  t.strictSame(parseListenAddress('127.0.0.1:10777'), { host: '127.0.0.1', port: 10777 })
  t.strictSame(parseListenAddress('[::1]:1'), { host: '::1', port: 1 })
  t.strictSame(parseListenAddress('[fe80::1%eth0]:1'), { host: 'fe80::1%eth0', port: 1 })
  t.strictSame(parseListenAddress(':0'), { host: undefined, port: 0 })
  t.strictSame(parseListenAddress('node-1.example:65535'), { host: 'node-1.example', port: 65535 })
  for (const bad of [
    '',
    ':',
    '1',
    'a:',
    'a:b',
    'a:65536',
    '::1:80',
    '[::1]',
    '[::1]80',
    '[a]:1',
    '1.2.3:4',
    '1.2.3.256:4',
    '-a:1',
    'a b:1',
    'http://a:1',
    'a:1/',
  ]) {
    t.equal(parseListenAddress(bad), undefined, bad)
  }
  t.equal(listenAddress.remedy?.('a b'), undefined)
})

t.test('the window divides a day', async (t) => {
  const { read } = format('period')
  for (const good of [0.1, 0.125, 0.2, 0.25, 0.3, 0.5, 1, 1.5, 10, 60, 3600])
    t.equal(read(good), good)
  t.equal(read('0.5'), 0.5)
  for (const bad of [0, -1, 0.05, 0.7, 7, 0.1001, 86_400 / 31, 7200, Infinity, '1s', null]) {
    t.equal(read(bad), undefined, String(bad))
  }
})

t.test('interfaces: names, patterns, exclusions', async (t) => {
  const { item } = format('interfaces')
  for (const good of [
    'lo',
    'eth0.100',
    'default-route',
    'eth*',
    '!veth*',
    '!lo',
    '*',
    'enp?s0',
    'a'.repeat(15),
  ]) {
    t.equal(item?.read(good), good)
  }
  for (const bad of ['', '!', 'a b', 'a/b', 'a'.repeat(16), '!!lo', 'a!', 5, null]) {
    t.equal(item?.read(bad), undefined, String(bad))
  }
})

t.test('the metrics have a path of their own', async (t) => {
  const { read } = format('web.telemetry_path')
  for (const good of ['/metrics', '/a/b.c', '/apis']) t.equal(read(good), good)
  for (const bad of [
    '/',
    'metrics',
    '/a?b',
    '/a b',
    '/-/healthy',
    '/-',
    '/api/v1',
    '/../a',
    '/a/',
    '',
  ]) {
    t.equal(read(bad), undefined, bad)
  }
})

t.test('patterns', async (t) => {
  t.ok(glob('R_*')('R_SYN'))
  t.notOk(glob('R_*')('AR_SYN'))
  t.ok(glob('*_RATE')('PKTS_RATE'))
  t.ok(glob('R_?YN')('R_SYN'))
  t.notOk(glob('R.SYN')('R_SYN'))
  t.notOk(glob('a*'.repeat(5000))('a'.repeat(500)), 'many stars')
  t.ok(isEnabled({ enabled: ['R_*'], disabled: ['R_IP'] }, 'R_SYN'))
  t.notOk(isEnabled({ enabled: ['R_*'], disabled: ['R_IP'] }, 'R_IP'))
  t.notOk(isEnabled({ enabled: ['R_*'], disabled: [] }, 'TRAFFIC'))
})

t.test('the nearest word', async (t) => {
  const words = ['source', 'period', 'log', 'web']
  t.equal(nearest('sorce', words), 'source')
  t.equal(nearest('soruce', words), 'source')
  t.equal(nearest('PERIOD', words), 'period')
  t.equal(nearest('wbe', words), 'web')
  t.equal(nearest('zzz', words), undefined)
  t.equal(nearest('', words), undefined)
})
