// SPDX-License-Identifier: Apache-2.0
/* A counter's `process` sees its own layer: this file must not compile, for one reason a line that says so. */
import { defineCounter, defineGroup } from '../../src/index.ts'

const rest = { help: 'None', value: () => 0, reset: () => undefined }

defineCounter({ ...rest, name: 'A', layer: 'TCP', process: (p) => void p.arp }) // ERROR: a layer within a layer
defineCounter({ ...rest, name: 'B', layer: 'TCP', process: (p) => void p.ttl }) // ERROR: a field of IP
defineCounter({ ...rest, name: 'C', layer: 'ARP', process: (p) => void p.sourcePort }) // ERROR: a field of TCP
defineCounter({ ...rest, name: 'D', layer: 'IPv6', process: (p) => void p.ttl }) // ERROR: IPv4's name for it
defineCounter({ ...rest, name: 'E', layer: 'PKT', process: (p) => void p.source }) // ERROR: a field of IP
defineCounter({ ...rest, name: 'F', layer: 'SCTP', process: () => undefined }) // ERROR: no such layer
defineCounter({ ...rest, name: 'G', layer: 'UDP', value: () => '0', process: () => undefined }) // ERROR: a text
defineCounter({ ...rest, name: 'H', layer: 'UDP', process: (p) => (p.sourcePort = 1) }) // ERROR: views are to be read
const control = { guid: '{5A1E7B60-0000-4222-8333-123456789ABC}', name: 'x', description: 'x' }
defineGroup({ control, meters: [], process: (p) => void p.window }) // ERROR: without a layer it is the frame
defineGroup({ control: { ...control, layer: 'UDP' }, meters: [], process: (p) => void p.flags }) // ERROR: TCP's
