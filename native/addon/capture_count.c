/* SPDX-License-Identifier: Apache-2.0 */
#include "../core/count.h"
#include "capture_file.h"
#include "filter_set.h"
#include "link_layer.h"

void count_captured(struct capture_file *file, u32 link, const u8 *data, u32 bytes, u32 len, u64 ns)
{
	struct counting *counting = &file->source.counting;
	struct table *first = counting_table(counting, 0), *table = first;
	struct packet packet;
	u32 index = 0;

	if (counting->tables > 1) {
		index = (u32)(file->packets++ % counting->tables);
		table = counting_table(counting, index);
	}
	if (link == LINK_ETHERNET)
		parse_ethernet(&packet, data, data + bytes, len, 0, counting->layout.seed);
	else
		parse_link(&packet, link, data, data + bytes, len, counting->layout.seed);
	count_sums(table, &packet, 1);
	count_distinct(table, &counting->layout, &packet);
	if (file->source.filters || file->source.group_count || file->source.batches) {
		struct packet copy = packet; /* whose address leaves: the counters' own may stay in registers */

		if (!file->source.filters)
			__builtin_memset(copy.matches, 0, sizeof(copy.matches));
		else
			filters_match(file->source.filters, link, &copy,
				      &(struct filter_frame){.data = data, .captured = bytes, .wire = len});
		if (file->source.group_count)
			count_into_groups(&file->source, index, &copy);
		if (file->source.batches)
			keep_frame(file->source.batches, &copy, data, bytes, 0, ns);
	}
	first->last_ns = ns;
	file->last_ns = ns;
	if (ns > file->latest_ns)
		file->latest_ns = ns;
}
