/* SPDX-License-Identifier: Apache-2.0 */
/* The interfaces of a pcapng section, and their clocks. */
#include <stdlib.h>

#include "capture_file.h"

#define PORT_BYTES_MIN 20
#define PORTS_MAX 65536u
#define OPTION_END 0
#define OPTION_RESOLUTION 9
#define OPTION_OFFSET 14
#define NANOSECONDS 1000000000ULL
#define LATEST_NS 0x7fffffffffffffffULL /* in the year 2262; what lies outside is held at the edge */

/* if_tsresol: a negative power of ten, or of two when the highest bit is set. */
static void set_resolution(struct port *port, u8 option)
{
	u32 power = option & 0x7f;

	port->multiply = port->divide = 1;
	port->shift = 0;
	if (option & 0x80) {
		port->multiply = NANOSECONDS;
		port->shift = power;
		return;
	}
	for (u32 i = power; i < 9; i++)
		port->multiply *= 10;
	for (u32 i = 9; i < power && i < 28; i++) /* 10^19 is the greatest that fits, and leaves 0 or 1 ns */
		port->divide *= 10;
}

static void set_offset(struct port *port, long long seconds)
{
	const long long most = (long long)(LATEST_NS / NANOSECONDS);

	if (seconds > most)
		seconds = most;
	if (seconds < -most)
		seconds = -most;
	port->offset_ns = seconds * (long long)NANOSECONDS;
}

static void read_options(struct port *port, const u8 *at, const u8 *end, int swapped)
{
	while (end - at >= 4) {
		u16 code = load16(at, swapped);
		u16 bytes = load16(at + 2, swapped);
		u32 padded = (bytes + 3u) & ~3u;

		at += 4;
		if (code == OPTION_END || end - at < bytes)
			return;
		if (code == OPTION_RESOLUTION && bytes == 1)
			set_resolution(port, at[0]);
		if (code == OPTION_OFFSET && bytes == 8)
			set_offset(port, (long long)load64(at, swapped));
		if (end - at < padded)
			return;
		at += padded;
	}
}

static int make_room(struct capture_file *file)
{
	u32 room = file->port_room ? file->port_room * 2 : 4;
	struct port *ports;

	if (file->port_count < file->port_room)
		return 0;
	ports = file->port_count < PORTS_MAX ? realloc(file->ports, room * sizeof(*ports)) : NULL;
	if (!ports)
		return -1;
	file->ports = ports;
	file->port_room = room;
	return 0;
}

int add_port(struct capture_file *file, const u8 *block, u32 bytes)
{
	struct port *port;

	if (bytes < PORT_BYTES_MIN || make_room(file)) {
		stop_at_defect(file, NULL, bytes < PORT_BYTES_MIN ? DEFECT_BLOCK : DEFECT_PORTS,
			       bytes < PORT_BYTES_MIN ? bytes : PORTS_MAX);
		return -1;
	}
	port = file->ports + file->port_count++;
	*port = (struct port){.link = load16(block + 8, file->swapped), .snaplen = load32(block + 12, file->swapped)};
	set_resolution(port, 6);
	read_options(port, block + 16, block + bytes - 4, file->swapped);
	return 0;
}

u64 port_ns(const struct port *port, u64 ticks)
{
	unsigned __int128 whole = (unsigned __int128)ticks * port->multiply;
	__int128 ns;

	whole = port->divide > 1 ? whole / port->divide : whole >> port->shift;
	ns = (__int128)(whole > LATEST_NS ? LATEST_NS : (u64)whole) + port->offset_ns;
	return ns<0 ? 0 : ns>(__int128) LATEST_NS ? LATEST_NS : (u64)ns;
}
