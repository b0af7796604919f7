/* SPDX-License-Identifier: Apache-2.0 */
/* All that the addon offers to JavaScript. */
#include "napi.h"

static napi_value init(napi_env env, napi_value exports)
{
	init_source(env, exports);
	init_windows(env, exports);
	init_catalog(env, exports);
	init_frames(env, exports);
	init_frame_batches(env, exports);
	init_groups(env, exports);
	init_load(env, exports);
	init_kernel(env, exports);
	init_packet_socket(env, exports);
	init_packet_tap(env, exports);
	init_capture_file(env, exports);
	init_system(env, exports);
	init_links(env, exports);
	init_filters(env, exports);
	init_capabilities(env, exports);
	init_drops(env, exports);
	init_drop_types(env, exports);
	init_link_drops(env, exports);
	init_pins(env, exports);
	return exports;
}

NAPI_MODULE(pktspot, init)
