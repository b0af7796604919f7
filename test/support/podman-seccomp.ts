// SPDX-License-Identifier: Apache-2.0
import { readFileSync } from 'node:fs'

interface Profile {
  readonly syscalls: readonly { readonly names: readonly string[]; readonly includes?: unknown }[]
}

const DEFAULT = '/usr/share/containers/seccomp.json'

/**
 * Podman's own seccomp profile, with bpf(2) and perf_event_open(2) allowed to those who have the capability, as in the
 * default profiles of containerd 1.7 and Docker 23; older ones allow them with SYS_ADMIN alone.
 */
export function currentProfile(): Profile {
  const profile = JSON.parse(readFileSync(DEFAULT, 'utf8')) as Profile
  const calls = { bpf: 'CAP_BPF', perf_event_open: 'CAP_PERFMON' }
  const allowed = Object.entries(calls).map(([name, capability]) => ({
    names: [name],
    action: 'SCMP_ACT_ALLOW',
    args: [],
    includes: { caps: [capability] },
    excludes: {},
  }))
  /* a call has one rule that decides */
  const others = profile.syscalls.map((rule) => ({
    ...rule,
    names: rule.names.filter((name) => !(name in calls)),
  }))
  return { ...profile, syscalls: [...others, ...allowed] }
}
