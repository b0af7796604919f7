// SPDX-License-Identifier: Apache-2.0
import { accessSync, constants, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Test } from 'tap'

const NEEDED = { CAP_NET_ADMIN: 12, CAP_NET_RAW: 13, CAP_SYS_ADMIN: 21 } as const
const TOOLS = ['ip', 'ethtool', 'nsenter', 'tcpreplay', 'bpftool', 'taskset', 'sysctl'] as const

/** Why this process may not run network tests; undefined when it may. */
export function missingPrivilege(): string | undefined {
  const status = readFileSync('/proc/self/status', 'utf8')
  const effective = BigInt(`0x${/^CapEff:\s*(\w+)/m.exec(status)?.[1] ?? '0'}`)
  const lacking = Object.entries(NEEDED).filter(([, bit]) => !((effective >> BigInt(bit)) & 1n))
  if (lacking.length > 0) return `needs root: lacks ${lacking.map(([name]) => name).join(', ')}`
  const absent = TOOLS.filter((tool) => !onPath(tool))
  return absent.length > 0 ? `needs the programs ${absent.join(', ')}` : undefined
}

/** Skips a whole test with the reason when network tests are not possible: `if (!requirePrivileges(t)) return`. */
export function requirePrivileges(t: Test): boolean {
  const reason = missingPrivilege()
  if (reason !== undefined) t.plan(0, reason)
  return reason === undefined
}

function onPath(tool: string): boolean {
  const { PATH = '' } = process.env
  return PATH.split(':').some((folder) => {
    try {
      accessSync(join(folder, tool), constants.X_OK)
      return true
    } catch {
      return false
    }
  })
}
