// SPDX-License-Identifier: Apache-2.0
import { Command, CommanderError } from 'commander'
import { PktspotError } from '../errors.ts'
import { EXIT, type ExitCode, type Io } from './command.ts'
import { check, config, detach, list, preflight, replay, run, top } from './definitions.ts'
import { spot } from './spot-definition.ts'
import { version } from './version.ts'

/** Runs the command that the arguments name; throws USAGE when they make no sense. */
export async function runProgram(args: readonly string[], io: Io): Promise<ExitCode> {
  const help: string[] = []
  let code: ExitCode = EXIT.good
  const program = new Command('pktspot')
    .description('Counts packets in the kernel and learns how far each statistic may honestly go.')
    .version(version())
    .exitOverride()
    .configureOutput({ writeOut: (text) => help.push(text), outputError: () => undefined })
    .addHelpText('after', '\nThe default command is run: see pktspot run --help for its flags.')
  for (const define of [run, replay, top, list, check, config, preflight, detach, spot]) {
    define(program, io, (result) => {
      code = result
    })
  }
  try {
    await program.parseAsync(args, { from: 'user' })
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error
    if (error.exitCode !== 0) throw misuse(error.message)
    await io.out(help.join(''))
  }
  return code
}

function misuse(message: string): PktspotError {
  const line = message.replaceAll(/^error: |\.$/g, '').replaceAll(/\s*\n\s*/g, ' ')
  return new PktspotError('USAGE', `${line}; see pktspot --help`)
}
