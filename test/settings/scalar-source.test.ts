// SPDX-License-Identifier: Apache-2.0
import t from 'tap'
import { PktspotError } from '../../src/errors.ts'
import { loadSettings } from '../../src/settings/load.ts'
import { known } from './known.ts'

/** Where `file:line:column` says that BAD stands, when BAD is a mistake in the expression of a file. */
function pointed(yaml: string): { at: string; line: number; column: number } {
  const expression = (text: string) => {
    const offset = text.indexOf('BAD')
    return offset < 0 ? undefined : { offset, message: 'wrong', excerpt: 'BAD\n^^^' }
  }
  try {
    loadSettings({
      file: { path: 'f.yaml', text: yaml },
      env: {},
      flags: {},
      known: known({ expression }),
    })
  } catch (error) {
    if (!(error instanceof PktspotError)) throw error
    const [, line = '0', column = '0'] = /^f.yaml:(\d+):(\d+): /.exec(error.message) ?? []
    const text = yaml.split(/\r?\n/)[Number(line) - 1] ?? ''
    const at = text.slice(Number(column) - 1, Number(column) + 2)
    return { at, line: Number(line), column: Number(column) }
  }
  return { at: '', line: 0, column: 0 }
}

t.test('a mistake inside a text is pointed at, however YAML writes the text', async (t) => {
  const head = 'user_statistics:\n  - name: X\n'
  const cases: Record<string, string> = {
    plain: '    expr: A / BAD # BAD\n',
    'plain over lines': '    expr: A /\n      B +\n\n      BAD\n',
    'double quotes': '    expr: "A / BAD"\n',
    'double quotes with escapes': '    expr: "\\x41\\t/\\u0020(\\n\\u0042 + \\"\\\\\\/ BAD"\n',
    'double quotes over lines': '    expr: "A /\n\n      B + \\\n      C + BAD"\n',
    'double quotes with pairs': '    expr: "\\U0001F642 \\_ 🙂 BAD"\n',
    'single quotes': "    expr: 'A ''  / BAD'\n",
    'single quotes over lines': "    expr: 'A /\n\n      BAD'\n",
    'a literal block': '    expr: | # BAD\n      A /\n        B\n      + BAD\n',
    'a folded block': '    expr: >-\n\n      A /\n      BAD\n',
    'a block with an indentation of its own': '    expr: >2-\n        A /\n      BAD\n',
    'an anchor before it': '    expr: &x "A / BAD"\n',
    'an alias': '    help: &x A / BAD\n    expr: *x\n',
    'windows line ends': '    expr: |\r\n      A /\r\n      BAD\r\n',
    'a flow mapping': '  - {name: Y, expr: "A / BAD", when: B}\n    \n',
  }
  for (const [name, text] of Object.entries(cases)) {
    const yaml = name === 'a flow mapping' ? `user_statistics:\n${text}` : head + text
    t.equal(pointed(yaml).at, 'BAD', `${name}: ${JSON.stringify(text)}`)
  }
  t.match(pointed(`${head}    expr: A / BAD # BAD\n`), { line: 3, column: 15 })
  t.match(pointed(`${head}    expr: |\n      A /\n      BAD\n`), { line: 5, column: 7 })
})

t.test('the end of a text is the place after its last character', async (t) => {
  const end = (yaml: string): string => {
    const expression = (text: string) => ({ offset: text.length, message: 'ends', excerpt: '' })
    const input = { file: { path: 'f.yaml', text: yaml }, env: {}, flags: {} }
    try {
      loadSettings({ ...input, known: known({ expression }) })
    } catch (error) {
      return String(error).replace(/^.*f.yaml:(\d+:\d+): .*$/s, '$1')
    }
    return ''
  }
  t.equal(end('user_statistics: [{name: X, expr: "A /  "}]'), '1:39')
  t.equal(end('user_statistics:\n  - name: X\n    expr: |\n      A /\n\n\n'), '4:10')
})
