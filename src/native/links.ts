// SPDX-License-Identifier: Apache-2.0
import type { Handle } from './handle.ts'

/** What the addon offers to follow interfaces. */
export interface LinkAddon {
  /**
   * Subscribes to the kernel's messages on interfaces of this network namespace, and on routes if asked; the listener is
   * given whole messages as the kernel wrote them, or undefined when some were lost. Throws NativeError.
   */
  watchLinks(routes: boolean, listener: (messages: Uint8Array | undefined) => void): Handle
  /** Ends a subscription; ending it twice does nothing. */
  unwatchLinks(links: Handle): void
}
