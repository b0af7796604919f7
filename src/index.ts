// SPDX-License-Identifier: Apache-2.0
/* What plugins may import from 'pktspot'. */
export { defineStatistic, type PluginStatistic } from './statistics/plugin.ts'
export type { Values } from './statistics/statistic.ts'
