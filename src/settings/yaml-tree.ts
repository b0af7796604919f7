// SPDX-License-Identifier: Apache-2.0
import { createRequire } from 'node:module'
import type { Document, YAMLMap, Node as YamlNode } from 'yaml'
import type { SettingsFile } from './file.ts'
import type { Fault, Place } from './layer.ts'
import { offsetInSource } from './scalar-source.ts'
import type { Entry, Twig } from './twig.ts'

type Yaml = typeof import('yaml')

/** Parses a file; the root is undefined when nothing in it can be trusted. */
export function parseYaml(file: SettingsFile): { root?: Twig; faults: readonly Fault[] } {
  /* loaded only when there is a file: a replay without one starts sooner */
  const yaml: Yaml = createRequire(import.meta.url)('yaml')
  const lineCounter = new yaml.LineCounter()
  const place = (offset: number): Place => {
    const { line, col } = lineCounter.linePos(offset)
    const at = `${file.path}:${Math.max(line, 1)}`
    return { name: `${at}:${Math.max(col, 1)}`, origin: at, order: offset }
  }
  if (nestsTooDeeply(file.text)) {
    return { faults: [{ place: place(0), text: 'YAML: nested more than 100 deep; flatten it' }] }
  }
  const options = { lineCounter, merge: true, prettyErrors: false, logLevel: 'error' } as const
  try {
    const document = yaml.parseDocument(file.text, options)
    const cells = rowsToLists(yaml, document)
    const objections = [...document.errors, ...document.warnings].filter(
      ({ code, pos }) => code !== 'DUPLICATE_KEY' || !cells.has(pos[0]),
    )
    const faults = objections.map((each) => ({ place: place(each.pos[0]), text: wording(each) }))
    if (objections.some((each) => each.code !== 'DUPLICATE_KEY')) return { faults }
    const strays = strayAliases(yaml, document, place)
    if (strays.length > 0) return { faults: [...faults, ...strays] }
    /* refuses loops and explosions of aliases before anything walks them */
    document.toJS()
    return { root: twig({ yaml, document, place, text: file.text }, document.contents, 0), faults }
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    return { faults: [{ place: place(0), text: `YAML: ${reason}` }] }
  }
}

/** The parser recurses; at the end of the stack V8 may abort instead of throwing. */
function nestsTooDeeply(text: string): boolean {
  let depth = 0
  for (const character of text) {
    if (character === '[' || character === '{') depth++
    else if (character === ']' || character === '}') depth = Math.max(0, depth - 1)
    if (depth > 100) return true
  }
  return /^ {200}|(?:[-?:][ \t]+){100}/m.test(text)
}

function wording({ code, message }: { code: string; message: string }): string {
  if (code === 'DUPLICATE_KEY') return 'YAML: this key was given before; keep one of the two'
  if (code === 'MULTIPLE_DOCS') return 'YAML: a second document begins here; keep one'
  return `YAML: ${message}`
}

/**
 * Reads braces around mere words, `{1, COUNTER, 10, 10}`, as the list that they are in Lua, where YAML sees a mapping
 * without values; gives the offsets of the words, which may repeat.
 */
function rowsToLists(yaml: Yaml, document: Document.Parsed): ReadonlySet<number> {
  const offsets = new Set<number>()
  yaml.visit(document, {
    Map: (_, map) => {
      /* a colon without a value makes a node of its own */
      const bare = map.items.every(({ value }) => value === null)
      if (!map.flow || map.items.length === 0 || !bare) return undefined
      const list = new yaml.YAMLSeq(document.schema)
      list.flow = true
      list.range = map.range ?? null
      list.items = map.items.map(({ key }) => key)
      for (const { key } of map.items) {
        if (yaml.isNode(key) && key.range) offsets.add(key.range[0])
      }
      return list
    },
  })
  return offsets
}

function strayAliases(
  yaml: Yaml,
  document: Document.Parsed,
  place: (offset: number) => Place,
): Fault[] {
  const faults: Fault[] = []
  yaml.visit(document, {
    Alias: (_, alias) => {
      if (alias.resolve(document)) return
      const text = `YAML: *${alias.source} names no anchor; write &${alias.source} before it`
      faults.push({ place: place(alias.range?.[0] ?? 0), text })
    },
  })
  return faults
}

interface Context {
  readonly yaml: Yaml
  readonly document: Document.Parsed
  readonly place: (offset: number) => Place
  readonly text: string
}

function twig(context: Context, node: unknown, fallback: number): Twig {
  const { yaml, document, place, text } = context
  const target = yaml.isAlias(node) ? node.resolve(document) : node
  const offset = (yaml.isNode(node) ? node.range?.[0] : undefined) ?? fallback
  return {
    place: place(offset),
    value: yaml.isNode(target) ? target.toJS(document) : null,
    entries: () => (yaml.isMap(target) ? entriesOf(context, target) : undefined),
    items: () =>
      yaml.isSeq(target) ? target.items.map((item) => twig(context, item, offset)) : undefined,
    at: (inText) => place(yaml.isScalar(target) ? offsetInSource(text, target, inText) : offset),
  }
}

/** Lists a mapping's keys; what is written in it wins over what `<<` merges in. */
function entriesOf(context: Context, map: YAMLMap): Entry[] {
  const { yaml, document, place } = context
  const own: Entry[] = []
  const merged: Entry[] = []
  for (const { key, value } of map.items) {
    const offset = (key as YamlNode | null)?.range?.[0] ?? 0
    if (yaml.isScalar(key) && typeof key.value === 'symbol') {
      const source = yaml.isAlias(value) ? value.resolve(document) : value
      for (const each of yaml.isSeq(source) ? source.items : [source]) {
        const target = yaml.isAlias(each) ? each.resolve(document) : each
        if (yaml.isMap(target)) merged.push(...entriesOf(context, target))
      }
    } else {
      const name = yaml.isScalar(key) ? String(key.value) : String(key)
      own.push({ name, place: place(offset), twig: twig(context, value, offset) })
    }
  }
  const first = (entry: Entry, index: number): boolean =>
    merged.findIndex((each) => each.name === entry.name) === index
  const taken = new Set(own.map((entry) => entry.name))
  return [...own, ...merged.filter((entry, i) => !taken.has(entry.name) && first(entry, i))]
}
