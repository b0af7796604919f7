// SPDX-License-Identifier: Apache-2.0
import { whole } from './format.ts'
import type { Section } from './setting.ts'

/** How much of addresses may be shown. */
export interface PrivacySettings {
  /** Leading bits of IPv4 addresses that keys keep. */
  readonly ipv4_prefix: number
  /** Leading bits of IPv6 addresses that keys keep. */
  readonly ipv6_prefix: number
}

export const privacy: Section<PrivacySettings> = {
  ipv4_prefix: {
    doc: 'Leading bits of IPv4 addresses that keys of counter groups keep; the rest is cut off before it is counted',
    default: 32,
    format: whole(0, 32),
  },
  ipv6_prefix: {
    doc: 'The same for IPv6 addresses',
    default: 128,
    format: whole(0, 128),
  },
}
