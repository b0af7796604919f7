// SPDX-License-Identifier: Apache-2.0
import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import t from 'tap'
import { parse } from 'yaml'
import { RULES, readRules } from '../grafana/shipped.ts'
import { command } from '../support/command.ts'
import { packageRoot } from '../support/root.ts'

const skip = spawnSync('promtool', ['--version']).status !== 0 && 'promtool is not on PATH'
const TESTS = join(packageRoot, 'grafana/rules/tests')
const files = readdirSync(TESTS).map((name) => join(TESTS, name))
const alerts = readRules().filter(({ alert }) => alert !== undefined)

/** What a file of promtool's unit tests tries of an alert. */
interface Trial {
  readonly alertname: string
  readonly exp_alerts?: readonly unknown[]
}

t.test(
  'promtool finds nothing wrong with the rules, and they pass their tests',
  { skip },
  async (t) => {
    t.match(await command('promtool', ['check', 'rules', RULES]), { code: 0 })
    const { code, stdout, stderr } = await command('promtool', ['test', 'rules', ...files])
    t.equal(code, 0, stdout + stderr)
  },
)

t.test('each alert is seen to fire and to stay silent', async (t) => {
  const trials = files.flatMap((file) => {
    const { tests } = parse(readFileSync(file, 'utf8')) as {
      tests: readonly { alert_rule_test?: readonly Trial[] }[]
    }
    return tests.flatMap(({ alert_rule_test = [] }) => alert_rule_test)
  })
  for (const { alert } of alerts) {
    const own = trials.filter(({ alertname }) => alertname === alert)
    t.ok(
      own.some(({ exp_alerts = [] }) => exp_alerts.length > 0),
      `${alert} fires`,
    )
    t.ok(
      own.some(({ exp_alerts = [] }) => exp_alerts.length === 0),
      `${alert} stays silent`,
    )
  }
})

t.test(
  'each alert says how bad it is, what is wrong with value and threshold, and what to do',
  async (t) => {
    const page = readFileSync(join(packageRoot, 'docs/alerts.md'), 'utf8')
    for (const { alert = '', labels, annotations = {} } of alerts) {
      t.match(labels?.['severity'], /^(critical|warning|info)$/, alert)
      const { summary = '', description = '', runbook_url = '' } = annotations
      t.match(summary, /^\S.{15,}[^.]$/, alert)
      t.match(description, /\{\{ (\$value|\.Value)/, `${alert} tells its value`)
      t.match(
        description,
        /threshold|more than|it should be|that calibration takes|max_event/,
        `${alert} tells its threshold`,
      )
      const file = join(packageRoot, 'docs/runbooks', basename(runbook_url))
      t.equal(basename(runbook_url), `${alert.toLowerCase()}.md`)
      t.match(existsSync(file) && readFileSync(file, 'utf8'), new RegExp(`^# ${alert}\n`), file)
      t.match(page, new RegExp(`\\| \\[${alert}\\]\\(runbooks/${alert.toLowerCase()}.md\\) \\|`))
    }
    t.same(
      alerts.filter(({ labels }) => labels?.['severity'] === 'critical').map(({ alert }) => alert),
      ['PktspotTrafficAnomaly'],
      'one alert pages',
    )
  },
)
