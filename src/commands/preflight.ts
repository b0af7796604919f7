// SPDX-License-Identifier: Apache-2.0
import { release } from 'node:os'
import { effectiveCapabilities } from '../capture/capabilities.ts'
import { chooseInterfaces } from '../capture/choose.ts'
import { countsDirection } from '../capture/directed-group.ts'
import { possibleCpus } from '../capture/kernel.ts'
import { directionShare, layoutFor } from '../capture/layout.ts'
import { type Possibility, possibilities } from '../capture/preflight.ts'
import { loadAddon } from '../native/binding.ts'
import type { Settings } from '../settings/settings.ts'
import { columns } from './columns.ts'
import { EXIT, type ExitCode, type Io } from './command.ts'
import { planGroups } from './run-groups.ts'

/** Prints what is possible on each interface and what is missing for the rest; attaches nothing. */
export async function preflightCommand(
  settings: Settings,
  options: { json: boolean },
  io: Io,
): Promise<ExitCode> {
  const addon = loadAddon()
  const names = chooseInterfaces(addon, settings.interfaces)
  const cpus = possibleCpus()
  const { counted } = await planGroups(settings)
  const layout = layoutFor(addon, {
    cpus,
    groups: counted.map(({ spec }) => spec).filter((spec) => countsDirection(spec, 'receive')),
    budgetBytes: directionShare(settings.kernel_memory / names.length, settings.transmit),
  })
  const machine = {
    kernel: release(),
    cpus,
    capabilities: [...effectiveCapabilities()].map((name) => `CAP_${name}`),
    table_bytes_per_interface: layout.bytes,
    group_bytes_per_interface: layout.groupBytes,
    hyperloglog_bits: layout.bits,
  }
  const interfaces = names.map((name) => ({ name, modes: possibilities(addon, name, layout) }))
  if (options.json) {
    await io.out(`${JSON.stringify({ ...machine, interfaces }, null, 2)}\n`)
  } else {
    const rows = interfaces.flatMap(({ name, modes }) =>
      modes.map((mode) => [name, mode.mode, mode.possible ? 'yes' : 'no', mode.note]),
    )
    const head = `kernel ${machine.kernel}, ${cpus} possible CPUs; capabilities: ${machine.capabilities.join(' ') || 'none'}\n`
    const memory = `tables: ${layout.bytes} bytes an interface, HyperLogLog p=${layout.bits}\n`
    const groups = `groups: ${layout.groupBytes} bytes an interface for ${counted.length}\n\n`
    await io.out(head + memory + groups + columns(['interface', 'mode', 'possible', 'note'], rows))
  }
  const usable = (modes: readonly Possibility[]) => modes.some(({ possible }) => possible)
  return interfaces.every(({ modes }) => usable(modes)) ? EXIT.good : EXIT.failed
}
