// SPDX-License-Identifier: Apache-2.0
import t from 'tap'
import { PktspotError } from '../../src/errors.ts'
import { addressText, parseListenAddress } from '../../src/server/address.ts'

t.test('reads every form of a listen address and writes it back', (t) => {
  const forms = {
    '127.0.0.1:10777': { host: '127.0.0.1', port: 10777, optional: false },
    '[::1]:0': { host: '::1', port: 0, optional: false },
    'localhost:65535': { host: 'localhost', port: 65535, optional: false },
    ':9100': { host: '', port: 9100, optional: false },
  }
  for (const [text, address] of Object.entries(forms)) {
    t.same(parseListenAddress(text), address)
    t.equal(addressText(address), text)
  }
  t.equal(parseListenAddress('[::1]:1', true).optional, true)
  t.end()
})

t.test('refuses what is not one, and says what is', (t) => {
  for (const text of [
    '',
    '10777',
    'host',
    'host:',
    'host:65536',
    '::1:80',
    '[host]:80',
    '[]:80',
    'a b:1',
  ]) {
    t.throws(() => parseListenAddress(text), {
      constructor: PktspotError,
      code: 'LISTEN',
      message: /is not a listen address\. Write host:port/,
    })
  }
  t.end()
})
