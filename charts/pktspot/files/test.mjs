// SPDX-License-Identifier: Apache-2.0
/* `helm test`: every node's server is ready and gives metrics; where it asks who is there, it takes a connection. */
import { lookup } from 'node:dns/promises'
import http from 'node:http'
import https from 'node:https'
import { connect } from 'node:net'

const { HOST, PORT, SCHEME, BY, METRICS, HEADERS } = process.env
const headers = Object.fromEntries(JSON.parse(HEADERS).map(({ name, value }) => [name, value]))

/* the certificate is checked by who scrapes, and does not name the node's address */
const get = (host, path) =>
  new Promise((resolve, reject) => {
    const { request } = SCHEME === 'https' ? https : http
    const options = { host, port: PORT, path, headers, timeout: 10_000, rejectUnauthorized: false }
    const sent = request(options, async (answer) => {
      let text = ''
      for await (const chunk of answer) text += chunk
      resolve({ status: answer.statusCode, text })
    })
    sent.on('timeout', () => sent.destroy(new Error('no answer in 10 s')))
    sent.on('error', reject).end()
  })

const opened = (host) =>
  new Promise((resolve, reject) => {
    const socket = connect({ host, port: Number(PORT), timeout: 10_000 }, () => {
      socket.destroy()
      resolve()
    })
    socket.on('timeout', () => socket.destroy(new Error('no connection in 10 s')))
    socket.on('error', reject)
  })

async function ask(host) {
  if (BY === 'tcpSocket') return opened(host)
  const ready = await get(host, '/-/ready')
  if (ready.status !== 200) throw new Error(`/-/ready answers ${ready.status}: ${ready.text}`)
  const { status, text } = await get(host, METRICS)
  if (status !== 200) throw new Error(`${METRICS} answers ${status}: ${text}`)
  if (!/^pktspot_build_info\{/m.test(text)) throw new Error(`${METRICS} has no pktspot_build_info`)
}

for (const { address } of await lookup(HOST, { all: true })) {
  await ask(address)
  console.log(`${address}: good`)
}
