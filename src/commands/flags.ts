// SPDX-License-Identifier: Apache-2.0
import { type Command, Option } from 'commander'
import type { Flags } from '../settings/flag-layer.ts'
import type { Key } from '../settings/setting.ts'
import { keys } from '../settings/settings.ts'

/** Gives a command `-c` and the settings' flags: all of them, or those named. */
export function addSettingFlags(command: Command, names?: readonly string[]): Command {
  command.option('-c, --config <file>', 'settings file (YAML)')
  for (const key of keys) {
    const { flag } = key
    if (!flag || (names && !names.includes(flag.name))) continue
    const short = flag.short ? `-${flag.short}, ` : ''
    const repeats = key.format.item ? ' (repeatable)' : ''
    const help = key.doc
      .replaceAll('`', '')
      .replace(/^[A-Z](?=[a-z])/, (first) => first.toLowerCase())
    const value = flag.value === undefined ? '' : ` <${flag.value}>`
    const option = new Option(`${short}--${flag.name}${value}`, help + repeats)
    if (repeats) option.argParser(appended)
    command.addOption(option)
  }
  return command
}

/** Gathers the values of a flag that repeats. */
export function appended(value: string, before: readonly string[] | undefined): readonly string[] {
  return [...(before ?? []), value]
}

/** Reads back which of the settings' flags were given, and the file. */
export function givenFlags(command: Command): { config?: string; flags: Flags } {
  const given = (option: Option): unknown => {
    const value: unknown = command.getOptionValue(option.attributeName())
    return value === true ? 'true' : value
  }
  const flags = command.options.flatMap((option) => {
    const key = keys.find((each: Key) => each.flag && `--${each.flag.name}` === option.long)
    return key?.flag ? [[key.flag.name, given(option)]] : []
  })
  const config: unknown = command.getOptionValue('config')
  return {
    ...(typeof config === 'string' && { config }),
    flags: Object.fromEntries(flags),
  }
}
