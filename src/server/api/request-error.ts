// SPDX-License-Identifier: Apache-2.0

/** A request that cannot be answered as it is; the message says why. */
export class RequestError extends Error {
  override readonly name = 'RequestError'
  readonly status: 400 | 404

  constructor(status: 400 | 404, message: string) {
    super(message)
    this.status = status
  }
}
