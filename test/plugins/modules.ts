// SPDX-License-Identifier: Apache-2.0

/** Text of a plugin whose counters are named after what they count; `rest` is put before its export's end. */
export function pluginText(counters: readonly (readonly [string, string, string])[], rest = '') {
  const definitions = counters.map(
    ([name, layer, test]) => `counter('${name}', '${layer}', ${test})`,
  )
  return `const counter = (name, layer, test) => {
    let count = 0
    const process = (view) => { if (test(view)) count++ }
    return { name, layer, help: 'Packets of a test', value: () => count, reset() { count = 0 }, process }
  }
  export default [${[...definitions, rest].filter(Boolean).join(',\n')}]\n`
}

/** Counters of frames, TCP, SYN and ARP. */
export const USUAL = [
  ['MY_FRAMES', 'PKT', '() => true'],
  ['MY_TCP', 'TCP', '() => true'],
  ['MY_SYN', 'TCP', '({ flags }) => (flags & 2) !== 0'],
  ['MY_ARP', 'ARP', '() => true'],
] as const

/** A group of TCP segments by their destination port, as text. */
export const GROUP = `{
  control: { guid: '{5A1E7B60-3333-4222-8333-123456789ABC}', name: 'my_ports', description: 'Ports', layer: 'TCP' },
  meters: [[0, 'COUNTER', 10, 0, 'Segments', 'TCP segments', 'Pkts']],
  keyinfo: [['port 80', 'web']],
  process({ destinationPort }, update) {
    if (destinationPort !== undefined) update('port ' + destinationPort, 0, 1)
  },
}`

/** A counter that always throws. */
export const FAILING = `{
  name: 'MY_FAILING', layer: 'PKT', help: 'Nothing', value: () => 0, reset() {},
  process() { throw new Error('not today') },
}`
