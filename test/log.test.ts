// SPDX-License-Identifier: Apache-2.0
import { spawnSync } from 'node:child_process'
import t from 'tap'
import type { LogSettings } from '../src/settings/log.ts'

const LOG = new URL('../src/log.js', import.meta.url)

/** Logs two lines in a process that exits in the same breath, and returns its standard error. */
function logged(settings: LogSettings): string {
  const program = `
    import { createLogger } from '${LOG}'
    const log = createLogger(${JSON.stringify(settings)})
    log.info({ interface: 'eth0' }, 'counting')
    log.error('broken')
    process.exit()`
  const { stdout, stderr } = spawnSync(
    process.execPath,
    ['--input-type=module', '--eval', program],
    { encoding: 'utf8' },
  )
  t.equal(stdout, '')
  return stderr
}

t.test('lines are JSON where nobody looks, and none is lost at the exit', async (t) => {
  for (const format of ['auto', 'json'] as const) {
    const lines = logged({ level: 'info', format }).trimEnd().split('\n')
    t.match(
      lines.map((line) => JSON.parse(line)),
      [
        { level: 30, time: /^\d{4}-\d\d-\d\dT.*Z$/, interface: 'eth0', msg: 'counting' },
        { level: 50, msg: 'broken' },
      ],
    )
  }
})

t.test('pretty lines are for people, without colours where there is no terminal', async (t) => {
  const text = logged({ level: 'info', format: 'pretty' })
  t.match(text, /INFO: counting\n +interface: "eth0"\n.*ERROR: broken\n/s)
  t.notMatch(text, '\u001b')
})

t.test('level and format may change, of children too', async (t) => {
  const program = `
    import { openLog } from '${LOG}'
    const { logger, change } = openLog({ level: 'info', format: 'json' })
    const child = logger.child({ interface: 'eth0' })
    change({ level: 'error', format: 'pretty' })
    logger.info('unseen')
    child.info('unseen')
    child.error('seen')
    change({ level: 'info', format: 'json' })
    child.info('again')
    process.exit()`
  const args = ['--input-type=module', '--eval', program]
  const { stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' })
  t.match(stderr, /^\[.*ERROR: seen\n +interface: "eth0"\n\{"level":30,.*"msg":"again"\}\n$/)
})

t.test('once limited, a flood is cut short, and one line tells', async (t) => {
  const program = `
    import { openLog } from '${LOG}'
    const { logger, limit } = openLog({ level: 'info', format: 'json' })
    for (let i = 0; i < 30; i++) logger.info('counting on eth' + i)
    limit()
    for (let i = 0; i < 300; i++) logger.child({ at: i }).warn('late by ' + i)
    setTimeout(() => undefined, 1100)`
  const args = ['--input-type=module', '--eval', program]
  const { stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' })
  const lines = stderr.trimEnd().split('\n')
  t.equal(lines.length, 30 + 10 + 1)
  t.match(JSON.parse(lines.at(-1) ?? ''), { level: 40, msg: /^290 lines .* late by 299$/ })
})

t.test('the level is a floor', async (t) => {
  t.notMatch(logged({ level: 'error', format: 'json' }), 'counting')
  t.equal(logged({ level: 'silent', format: 'json' }), '')
})
