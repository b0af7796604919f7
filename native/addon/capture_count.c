/* SPDX-License-Identifier: Apache-2.0 */
#include "../core/count.h"
#include "capture_file.h"
#include "link_layer.h"

void count_captured(struct capture_file *file, u32 link, const u8 *data, u32 bytes, u32 len, u64 ns)
{
	struct counting *counting = &file->source.counting;
	struct table *first = counting_table(counting, 0), *table = first;
	struct packet packet;

	if (counting->tables > 1)
		table = counting_table(counting, (u32)(file->packets++ % counting->tables));
	if (link == LINK_ETHERNET)
		parse_ethernet(&packet, data, data + bytes, len, 0, counting->layout.seed);
	else
		parse_link(&packet, link, data, data + bytes, len, counting->layout.seed);
	count_sums(table, &packet, 1);
	count_distinct(table, &counting->layout, &packet);
	first->last_ns = ns;
	file->last_ns = ns;
	if (ns > file->latest_ns)
		file->latest_ns = ns;
}
