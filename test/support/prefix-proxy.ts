// SPDX-License-Identifier: Apache-2.0
import { once } from 'node:events'
import { createServer, request } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Test } from 'tap'

/** Puts a server behind a path prefix, on a free port of the loopback; gives the address with the prefix. */
export async function prefixProxy(t: Test, address: string, prefix: string): Promise<string> {
  const [hostname, port] = address.split(':')
  const proxy = createServer((incoming, outgoing) => {
    const { url = '', method, headers } = incoming
    if (!url.startsWith(prefix)) {
      outgoing.writeHead(404).end()
      return
    }
    const path = url.slice(prefix.length - 1)
    const onward = request({ hostname, port, path, method, headers }, (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers)
      answer.pipe(outgoing)
    })
    onward.on('error', () => outgoing.destroy())
    incoming.pipe(onward)
  })
  proxy.listen(0, '127.0.0.1')
  await once(proxy, 'listening')
  t.teardown(() => {
    proxy.closeAllConnections()
    proxy.close()
  })
  const { port: own } = proxy.address() as AddressInfo
  return `http://127.0.0.1:${own}${prefix}`
}
