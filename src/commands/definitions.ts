// SPDX-License-Identifier: Apache-2.0
import { Argument, type Command, InvalidArgumentError, Option } from 'commander'
import type { Resolved } from '../settings/load.ts'
import { nearest } from '../settings/suggest.ts'
import type { ExitCode, Io } from './command.ts'
import { addSettingFlags, appended, givenFlags } from './flags.ts'

/* Every function here adds one command; the command's own code is imported only when it runs. */

type Ended = (code: ExitCode) => void

export function run(program: Command, io: Io, ended: Ended): void {
  addSettingFlags(program.command('run', { isDefault: true }))
    .description('count, watch and serve metrics (the default)')
    .addOption(statisticsOption())
    .allowExcessArguments()
    .action(async ({ stats }: { stats?: readonly string[] }, command: Command) => {
      refuseWords(program, command)
      const read = async () => (await resolved(command, io)).settings
      const settings = await read()
      const { runCommand } = await import('./run.ts')
      ended(await runCommand(settings, { read, ...(stats && { statistics: stats }) }, io))
    })
}

export function replay(program: Command, io: Io, ended: Ended): void {
  interface Flags {
    readonly totals: boolean
    readonly format: 'ndjson' | 'table' | 'openmetrics'
    readonly rules?: string
    readonly stats?: readonly string[]
    readonly saveState?: string
  }
  addSettingFlags(program.command('replay'), ['period', 'log-level'])
    .description('count capture files, - for standard input')
    .argument('<file...>')
    .option('--totals', 'one JSON object a file, with the counters over the whole of it', false)
    .addOption(statisticsOption())
    .addOption(
      new Option('--format <format>', 'how windows are printed')
        .choices(['ndjson', 'table', 'openmetrics'])
        .default('ndjson')
        .conflicts('totals'),
    )
    .addOption(
      new Option(
        '--rules <file>',
        'print instead when the alerts of this Prometheus rule file would have fired',
      ).conflicts(['totals', 'format']),
    )
    .addOption(
      new Option(
        '--save-state <directory>',
        'keep what the detectors learn from all files, in their order, for run to go on from',
      ).conflicts('totals'),
    )
    .addOption(
      new Option(
        '-i, --interface <name>',
        'interface that --save-state is for (repeatable); without it, those that run would count',
      ).argParser(appended),
    )
    .action(async (files: string[], flags: Flags, command: Command) => {
      const { totals, format, rules, stats, saveState } = flags
      if (saveState === undefined && command.getOptionValue('interface') !== undefined) {
        command.error('error: --interface is of use only with --save-state')
      }
      const { settings } = await resolved(command, io)
      const optional = {
        ...(stats && { statistics: stats }),
        ...(rules !== undefined && { rules }),
        ...(saveState !== undefined && { saveState }),
      }
      const { replayCommand } = await import('./replay.ts')
      ended(await replayCommand({ files, totals, format, settings, ...optional }, io))
    })
}

export function top(program: Command, io: Io, ended: Ended): void {
  addSettingFlags(program.command('top'), ['interface', 'source', 'log-level'])
    .description('show what is counted, in the terminal or as text')
    .addOption(
      new Option('--interval <seconds>', 'time between two views')
        .default(1)
        .argParser(within('seconds', 0.1, 3600)),
    )
    .addOption(
      new Option('-n, --top <count>', 'keys of a group that are shown')
        .default(10)
        .argParser(within('whole', 1, 1000)),
    )
    .action(async (flags: { interval: number; top: number }, command: Command) => {
      const { settings } = await resolved(command, io)
      const { topCommand } = await import('./top.ts')
      ended(await topCommand(settings, { interval: flags.interval, most: flags.top }, io))
    })
}

export function list(program: Command, io: Io, ended: Ended): void {
  const lists = ['counters', 'statistics', 'groups', 'fields', 'vartypes', 'interfaces'] as const
  interface Flags {
    readonly json: boolean
    readonly wellKnown?: true
  }
  addSettingFlags(program.command('list'), [])
    .description('list counters, statistics, groups and what they are made of, or interfaces')
    .addArgument(new Argument('<what>').choices(lists))
    .option('--json', 'as a JSON array', false)
    .option('--well-known', 'groups: also those that are switched off')
    .action(async (what: (typeof lists)[number], flags: Flags, command: Command) => {
      const { json, wellKnown } = flags
      if (wellKnown && what !== 'groups') {
        command.error('error: --well-known is of use only with groups')
      }
      const { settings } = await resolved(command, io)
      const { listCommand } = await import('./list.ts')
      ended(await listCommand({ what, json, settings, ...(wellKnown && { wellKnown }) }, io))
    })
}

export function check(program: Command, io: Io, ended: Ended): void {
  program
    .command('check')
    .description('check a settings file')
    .argument('<file>')
    .action(async (file: string) => {
      const { checkCommand } = await import('./check.ts')
      ended(await checkCommand({ file }, io))
    })
}

export function config(program: Command, io: Io, ended: Ended): void {
  addSettingFlags(program.command('config'))
    .description('print the settings in force and where each comes from')
    .option('--json', 'as JSON', false)
    .action(async ({ json }: { json: boolean }, command: Command) => {
      const { configCommand } = await import('./config.ts')
      ended(await configCommand(await resolved(command, io), { json }, io))
    })
}

export function preflight(program: Command, io: Io, ended: Ended): void {
  addSettingFlags(program.command('preflight'), ['interface', 'source', 'log-level'])
    .description('tell what is possible on each interface, and what is missing')
    .option('--json', 'as JSON', false)
    .action(async ({ json }: { json: boolean }, command: Command) => {
      const { settings } = await resolved(command, io)
      const { preflightCommand } = await import('./preflight.ts')
      ended(await preflightCommand(settings, { json }, io))
    })
}

export function detach(program: Command, io: Io, ended: Ended): void {
  addSettingFlags(program.command('detach'), ['pins.directory'])
    .description('end what goes on counting without the program: remove everything it pinned')
    .action(async (_: object, command: Command) => {
      const { settings } = await resolved(command, io)
      const { detachCommand } = await import('./detach.ts')
      ended(await detachCommand(settings, io))
    })
}

async function resolved(command: Command, io: Io): Promise<Resolved> {
  const { settingsOf } = await import('./settings.ts')
  return settingsOf(givenFlags(command), io)
}

function statisticsOption(): Option {
  return new Option('--stats <names>', 'only these statistics, with commas between').argParser(
    (text: string) => {
      const names = text.split(',').map((name) => name.trim())
      if (names.includes('')) throw new InvalidArgumentError('A name is empty.')
      return names
    },
  )
}

function within(kind: 'seconds' | 'whole', least: number, most: number): (text: string) => number {
  return (text) => {
    const value = /^\d*\.?\d+$/.test(text) ? Number(text) : Number.NaN
    if (value >= least && value <= most && (kind === 'seconds' || Number.isInteger(value))) {
      return value
    }
    const what = kind === 'seconds' ? 'seconds' : 'a whole number'
    throw new InvalidArgumentError(`It must be ${what} from ${least} to ${most}.`)
  }
}

/** Refuses words after `run`; without `run` before it, the first was meant as a command. */
function refuseWords(program: Command, command: Command): void {
  const [word] = command.args
  if (word === undefined) return
  if (program.args[0] === 'run') command.error(`error: run takes no arguments; got '${word}'`)
  const near = nearest(
    word,
    program.commands.map((each) => each.name()),
  )
  command.error(`error: unknown command '${word}'${near ? ` (Did you mean ${near}?)` : ''}`)
}
