// SPDX-License-Identifier: Apache-2.0

/** Milliseconds after which an answer is no longer waited for. */
const PATIENCE = 10_000

const TOKEN = /"(?:[^"\\]|\\.)*"|-?\d[\d.eE+-]*/g

type Parameters = Readonly<Record<string, string | number | undefined>>

/** Asks the API of this node; parameters that are undefined are left out. */
export async function ask<Answer>(path: string, parameters: Parameters = {}): Promise<Answer> {
  return JSON.parse(await fetched(path, parameters)) as Answer
}

/** The same where numbers may be too long for a double: such become text, so that no digit is made up. */
export async function askExactly<Answer>(path: string, parameters: Parameters): Promise<Answer> {
  const text = await fetched(path, parameters)
  const safe = text.replace(TOKEN, (token) => (/^\d{16,}$/.test(token) ? `"${token}"` : token))
  return JSON.parse(safe) as Answer
}

async function fetched(path: string, parameters: Parameters): Promise<string> {
  /* the page's address may hold a password, which no request may */
  const url = new URL(`api/v1/${path}`, location.origin + location.pathname)
  for (const [name, value] of Object.entries(parameters)) {
    if (value !== undefined) url.searchParams.set(name, String(value))
  }
  const response = await fetch(url, { cache: 'no-store', signal: AbortSignal.timeout(PATIENCE) })
  if (!response.ok) throw new Error(`${response.status} ${response.statusText} at ${path}`)
  return response.text()
}
