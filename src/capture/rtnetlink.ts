// SPDX-License-Identifier: Apache-2.0

/** What the kernel said: an interface is there under a name, or is gone; the default route may have changed. */
export type LinkMessage =
  | { readonly kind: 'there'; readonly index: number; readonly name: string }
  | { readonly kind: 'gone'; readonly index: number }
  | { readonly kind: 'route' }

/* linux/netlink.h, linux/rtnetlink.h, linux/if_link.h */
const HEADER_BYTES = 16
const LINK_BYTES = 16
const ROUTE_BYTES = 12
const ATTRIBUTE_BYTES = 4
const RTM_NEWLINK = 16
const RTM_DELLINK = 17
const RTM_NEWROUTE = 24
const RTM_DELROUTE = 25
const IFLA_IFNAME = 3
/* the two high bits of an attribute's type are flags */
const TYPE = 0x3fff

/** Reads netlink messages in the machine's byte order (little-endian); what is cut or unknown is passed over. */
export function* linkMessages(bytes: Uint8Array): Iterable<LinkMessage> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  for (let at = 0; at + HEADER_BYTES <= bytes.length; ) {
    const length = view.getUint32(at, true)
    if (length < HEADER_BYTES || at + length > bytes.length) return
    const message = messageOf(view, at + HEADER_BYTES, at + length, view.getUint16(at + 4, true))
    if (message) yield message
    at += aligned(length)
  }
}

function messageOf(
  view: DataView,
  from: number,
  to: number,
  type: number,
): LinkMessage | undefined {
  if (type === RTM_NEWROUTE || type === RTM_DELROUTE) {
    /* a destination of no bits is the default route */
    const isDefault = from + ROUTE_BYTES <= to && view.getUint8(from + 1) === 0
    return isDefault ? { kind: 'route' } : undefined
  }
  if (type !== RTM_NEWLINK && type !== RTM_DELLINK) return undefined
  /* a bridge says by the same messages, of its own family, which ports it has */
  if (from + LINK_BYTES > to || view.getUint8(from) !== 0) return undefined
  const index = view.getInt32(from + 4, true)
  if (type === RTM_DELLINK) return { kind: 'gone', index }
  const name = nameIn(view, from + LINK_BYTES, to)
  return name === undefined ? undefined : { kind: 'there', index, name }
}

function nameIn(view: DataView, from: number, to: number): string | undefined {
  for (let at = from; at + ATTRIBUTE_BYTES <= to; ) {
    const length = view.getUint16(at, true)
    if (length < ATTRIBUTE_BYTES || at + length > to) return undefined
    if ((view.getUint16(at + 2, true) & TYPE) === IFLA_IFNAME) {
      const text = Buffer.from(
        view.buffer,
        view.byteOffset + at + ATTRIBUTE_BYTES,
        length - ATTRIBUTE_BYTES,
      )
      const end = text.indexOf(0)
      return text.toString('utf8', 0, end < 0 ? text.length : end) || undefined
    }
    at += aligned(length)
  }
  return undefined
}

function aligned(length: number): number {
  return (length + 3) & ~3
}
