// SPDX-License-Identifier: Apache-2.0
import { parse } from 'yaml'

const cell = (text) => text.replaceAll('|', '\\|')

/* a line `# -- …` says what the key below is; lines `# …` right after it go on */
function* keysOf(text) {
  const path = []
  let doc
  for (const line of text.split('\n')) {
    const [, begins, says] = /^ *# (-- )?(.*)$/.exec(line) ?? []
    const [, indent, key] = /^( *)(\w+):/.exec(line) ?? []
    if (says !== undefined) doc = begins ? says : `${doc} ${says}`
    else if (key !== undefined) {
      path.splice(indent.length / 2, path.length, key)
      yield { name: path.join('.'), path: [...path], doc }
      doc = undefined
    }
  }
}

/** Table of a chart's values from the comments of its values.yaml; throws on a value without one. */
export function valuesTable(text) {
  const values = parse(text)
  const keys = [...keysOf(text)]
  const documented = keys.filter(({ doc }) => doc !== undefined)
  const isWithin = (name, outer) => name.startsWith(`${outer}.`)
  const silent = keys.filter(
    ({ name, doc }) =>
      doc === undefined &&
      !documented.some((each) => isWithin(name, each.name) || isWithin(each.name, name)),
  )
  if (silent.length > 0) {
    throw new Error(`values.yaml: no \`# -- …\` above ${silent.map(({ name }) => name).join(', ')}`)
  }
  const rows = documented.map(({ name, path, doc }) => {
    const value = path.reduce((from, key) => from[key], values)
    const isParent = documented.some((each) => isWithin(each.name, name))
    return `| \`${name}\` | ${isParent ? '' : `\`${cell(JSON.stringify(value))}\``} | ${cell(doc)} |`
  })
  return ['| Value | Default | What it does |', '| --- | --- | --- |', ...rows].join('\n')
}
