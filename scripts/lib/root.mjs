// SPDX-License-Identifier: Apache-2.0
import { fileURLToPath } from 'node:url'

/** Folder of package.json, without a slash at the end. */
export const root = fileURLToPath(new URL('../..', import.meta.url)).replace(/\/$/, '')
