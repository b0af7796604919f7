// SPDX-License-Identifier: Apache-2.0

/** An answer before it is sent. */
export interface Answer {
  readonly status: number
  readonly type: string
  readonly body: string | Uint8Array
  /** Headers that only this answer has. */
  readonly headers?: Readonly<Record<string, string>>
}

/** Gives the answer to a request, from its query and its header Accept; what it throws is an internal error. */
export type Route = (query: URLSearchParams, accept: string | undefined) => Answer | Promise<Answer>

/** Makes an answer of one line of text. */
export function plain(
  status: number,
  line: string,
  headers: Readonly<Record<string, string>> = {},
): Answer {
  return { status, type: 'text/plain; charset=utf-8', body: `${line}\n`, headers }
}

/** Makes an answer of one JSON text. */
export function json(
  status: number,
  text: string,
  headers: Readonly<Record<string, string>> = {},
): Answer {
  return { status, type: 'application/json', body: `${text}\n`, headers }
}

/** Makes the answer to what cannot be answered, in the form that the path's users read. */
export function refusal(
  path: string,
  status: number,
  reason: string,
  headers: Readonly<Record<string, string>> = {},
): Answer {
  return path.startsWith('/api/')
    ? json(status, JSON.stringify({ error: reason }), headers)
    : plain(status, reason, headers)
}
