// SPDX-License-Identifier: Apache-2.0

/** The environment for programs under test: what a test learns is nothing for the machine's own pktspot. */
export function ownEnvironment(): NodeJS.ProcessEnv {
  return { ...process.env, PKTSPOT_STATE_DIRECTORY: 'null' }
}
