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
      const { settings } = await resolved(command, io)
      const { runCommand } = await import('./run.ts')
      ended(await runCommand(settings, stats ? { statistics: stats } : {}, io))
    })
}

export function replay(program: Command, io: Io, ended: Ended): void {
  interface Flags {
    readonly totals: boolean
    readonly format: 'ndjson' | 'table'
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
        .choices(['ndjson', 'table'])
        .default('ndjson'),
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
      const { totals, format, stats, saveState } = flags
      if (saveState === undefined && command.getOptionValue('interface') !== undefined) {
        command.error('error: --interface is of use only with --save-state')
      }
      const { settings } = await resolved(command, io)
      const optional = {
        ...(stats && { statistics: stats }),
        ...(saveState !== undefined && { saveState }),
      }
      const { replayCommand } = await import('./replay.ts')
      ended(await replayCommand({ files, totals, format, settings, ...optional }, io))
    })
}

export function list(program: Command, io: Io, ended: Ended): void {
  const lists = ['counters', 'statistics', 'interfaces'] as const
  addSettingFlags(program.command('list'), [])
    .description('list counters, statistics or interfaces')
    .addArgument(new Argument('<what>').choices(lists))
    .option('--json', 'as a JSON array', false)
    .action(async (what: (typeof lists)[number], { json }: { json: boolean }, command: Command) => {
      const { settings } = await resolved(command, io)
      const { listCommand } = await import('./list.ts')
      ended(await listCommand({ what, json, settings }, io))
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
