/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Makes every kind of counter expand to nothing; the includer then defines the one it wants. */
#undef SUM
#undef BYTES
#undef HISTOGRAM
#undef DISTINCT
#undef PORTS
#undef CLOCK
#define SUM(name, layer, help, value)
#define BYTES(name, layer, help, value)
#define HISTOGRAM(name, layer, metric, help, value, ...)
#define DISTINCT(name, layer, metric, help, hash)
#define PORTS(name, layer, metric, help, known, port)
#define CLOCK(name, layer, help, value)
