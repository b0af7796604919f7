// SPDX-License-Identifier: Apache-2.0

/** An answer before it is sent. */
export interface Answer {
  readonly status: number
  readonly type: string
  readonly body: string
}

/** Gives the answer to a GET; what it throws is an internal error. */
export type Route = (query: URLSearchParams) => Answer | Promise<Answer>

/** Makes an answer of one line of text. */
export function plain(status: number, line: string): Answer {
  return { status, type: 'text/plain; charset=utf-8', body: `${line}\n` }
}

/** Makes an answer of one JSON text. */
export function json(status: number, text: string): Answer {
  return { status, type: 'application/json', body: `${text}\n` }
}

/** Makes the answer to what cannot be answered, in the form that the path's users read. */
export function refusal(path: string, status: number, reason: string): Answer {
  return path.startsWith('/api/')
    ? json(status, JSON.stringify({ error: reason }))
    : plain(status, reason)
}
