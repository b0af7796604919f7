// SPDX-License-Identifier: Apache-2.0

/** Where the runbooks are read; grafana/rules leads there too. */
const RUNBOOKS = 'https://github.com/pktspot/pktspot/blob/main/docs/runbooks'

/** Address of an alert's runbook. */
export function runbook(alert: string): string {
  return `${RUNBOOKS}/${alert.toLowerCase()}.md`
}
