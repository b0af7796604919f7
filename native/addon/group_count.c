/* SPDX-License-Identifier: Apache-2.0 */
/* Groups of the sources that count in user space. */
#include "../core/group.h"
#include "source.h"

static __always_inline void nominate(group_spec spec, void *nominator, const struct group_key *key)
{
	(void)spec;
	if (nominator)
		space_saving_add(nominator, key->words, key->hash, key->adds);
}

void count_into_groups(struct source *source, u32 table, struct packet *packet)
{
	for (u32 slot = 1; slot < PROGRAMS; slot++) {
		struct group *group = source->groups[slot];

		if (group && is_member(&group->spec, packet))
			count_group_segmented(&group->spec, group->cells + (size_t)table * group->spec.cells_bytes,
					      group->keys, packet, ++group->tick, group->saving);
	}
}
