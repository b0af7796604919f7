// SPDX-License-Identifier: Apache-2.0

/** The environment for programs under test: without what the test runner puts in to follow its own processes. */
export function ownEnvironment(): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(
    ([name]) => name !== 'NODE_OPTIONS' && !name.startsWith('_TAPJS') && !name.startsWith('TAP'),
  )
  /* what a test learns is nothing for the machine's own pktspot */
  return { ...Object.fromEntries(kept), PKTSPOT_STATE_DIRECTORY: 'null' }
}
