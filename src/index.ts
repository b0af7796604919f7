// SPDX-License-Identifier: Apache-2.0
/* What plugins may import from 'pktspot'. */
export {
  defineCounter,
  defineGroup,
  type PluginCounter,
  type PluginGroup,
  type Update,
} from './plugins/define.ts'
export type * from './plugins/views.ts'
export { defineStatistic, type PluginStatistic } from './statistics/plugin.ts'
export type { Values } from './statistics/statistic.ts'
