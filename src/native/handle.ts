// SPDX-License-Identifier: Apache-2.0

/** A source inside the addon; closed by `close`, at the latest with its last reference. */
export type Handle = { readonly brand: unique symbol }
