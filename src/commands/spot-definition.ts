// SPDX-License-Identifier: Apache-2.0
import { type Command, InvalidArgumentError, Option } from 'commander'
import type { ExitCode, Io } from './command.ts'
import type { SpotFlags } from './spot.ts'

/** Adds `pktspot spot`. */
export function spot(program: Command, io: Io, ended: (code: ExitCode) => void): void {
  program
    .command('spot')
    .description('judge a stream of numbers, one a line from standard input')
    .addOption(numeric('--q <probability>', 'probability of a false alarm a value', 1e-4))
    .addOption(
      numeric(
        '--level <share>',
        'share of values inside the excess threshold (default: 0.98; 1 - 30 / n-init where that is less and --compat is not given)',
      ),
    )
    .addOption(whole('--n-init <count>', 'values that calibrate', 1000))
    .addOption(whole('--max-excess <count>', 'excesses kept for the fit', 200))
    .addOption(whole('--depth <count>', 'values whose mean is subtracted; 0: none', 0))
    .addOption(
      new Option(
        '--tail <tail>',
        'tails watched (default: both; with --compat upper, one a run)',
      ).choices(['upper', 'lower', 'both']),
    )
    .addOption(
      whole(
        '--hold-off <count>',
        'values without an anomaly that end an event, not with --compat',
        60,
      ),
    )
    .addOption(
      whole(
        '--max-event <count>',
        'values after which a lasting shift is accepted, not with --compat',
        3600,
      ),
    )
    .addOption(
      new Option('--compat <name>', 'compute what this reference computes').choices(['libspot']),
    )
    .option('--no-discard', 'learn from anomalies, too: nothing is one (with --compat)')
    .addHelpText('after', '\nnan, null and an empty line stand for a missing value.')
    .action(async (flags: SpotFlags, command: Command) => {
      const { spotCommand, detectorOf } = await import('./spot.ts')
      const made = detectorOf(flags)
      if (typeof made === 'string') command.error(`error: ${made}`)
      ended(await spotCommand(made, io))
    })
}

function numeric(flags: string, help: string, standard?: number): Option {
  const option = new Option(flags, help).argParser((text) => {
    const value = text.trim() === '' ? Number.NaN : Number(text)
    if (!Number.isFinite(value)) throw new InvalidArgumentError('It is no number.')
    return value
  })
  return standard === undefined ? option : option.default(standard)
}

function whole(flags: string, help: string, standard: number): Option {
  return new Option(flags, help).default(standard).argParser((text) => {
    if (!/^\d{1,15}$/.test(text)) throw new InvalidArgumentError('It is no whole number.')
    return Number(text)
  })
}
