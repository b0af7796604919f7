// SPDX-License-Identifier: Apache-2.0
/* the server puts the package's module here */
import uPlot from 'uplot'

export default uPlot
