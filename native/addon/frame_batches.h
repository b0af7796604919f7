/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Counted packets kept for plugins: what the parser found and the first bytes of the frame, in batches that JavaScript
 * fetches. Where a thread counts, a batch is bounded and what does not fit is missed; where JavaScript waits, it grows.
 */
#ifndef PKTSPOT_FRAME_BATCHES_H
#define PKTSPOT_FRAME_BATCHES_H

#include "napi.h"
#include "../core/layers.h"

#define KEPT_BYTES_MAX 256 /* of a frame */

struct frame_batches;

/*
 * Keeps a packet if its layers are wanted, one record for each frame that it was on the wire. `data` is the frame as it
 * was captured, `hidden` the bytes of a VLAN tag that was taken out of it.
 */
void keep_frame(struct frame_batches *batches, const struct packet *packet, const u8 *data, u32 captured, u32 hidden,
		u64 ns);
void frame_batches_free(struct frame_batches *batches);

#endif
