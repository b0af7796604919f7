/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Classic BPF: any program is refused, or the interpreter, libpcap's and the translated program agree over a frame.
 * The input: access, flags, filters before these, how many there are; of each what a match adds, field, cell, layers
 * and instructions; then the frame.
 */
#include <dlfcn.h>

#include "../../native/addon/filter_state.h"
#include "../../native/addon/filter_translate.h"
#include "../../native/addon/link_layer.h"
#include "../../native/core/count.h"
#include "../../native/core/fields.h"
#include "ebpf.h"

#define BITS 8
#define SEED 7
#define FILTERS 3
#define TAG 0x8100a123u
#define NOW_NS 1000

enum flags { REPAIRED = 1, TAGGED = 2, RAW = 4, SEGMENTS = 8, PARTLY = 16, TIMED = 32 };
enum maps { MAP_TABLES = 100, MAP_VALUES, MAP_PROGRAMS };
enum bases {
	AT_STACK = 0x10000000,
	AT_CONTEXT = 0x20000000,
	AT_FRAME = 0x30000000,
	AT_TABLE = 0x40000000,
	AT_VALUES = 0x50000000,
};

struct try {
	enum filter_access access;
	u32 flags;
	u32 before; /* filters that never match */
	u32 count;
	struct filter filters[FILTERS];
	struct filter_frame frame;
	u8 *data;
};

typedef u32 pcap_filter_function(const struct sock_filter *, const u8 *, u32, u32);

/* Of any number an instruction that the validator may take: programs of pure chance hardly ever pass. */
static void repair(struct sock_filter *at, u32 left)
{
	static const u16 codes[] = {
		BPF_LD | BPF_W | BPF_ABS,
		BPF_LD | BPF_H | BPF_ABS,
		BPF_LD | BPF_B | BPF_ABS,
		BPF_LD | BPF_W | BPF_IND,
		BPF_LD | BPF_H | BPF_IND,
		BPF_LD | BPF_B | BPF_IND,
		BPF_LD | BPF_IMM,
		BPF_LDX | BPF_IMM,
		BPF_LD | BPF_MEM,
		BPF_LDX | BPF_MEM,
		BPF_LD | BPF_LEN,
		BPF_LDX | BPF_LEN,
		BPF_LDX | BPF_MSH | BPF_B,
		BPF_ST,
		BPF_STX,
		BPF_MISC | BPF_TAX,
		BPF_MISC | BPF_TXA,
		BPF_RET | BPF_K,
		BPF_RET | BPF_A,
		BPF_JMP | BPF_JA,
	};
	u32 known = sizeof(codes) / sizeof(codes[0]), pick = at->code % 64;

	if (pick < known)
		at->code = codes[pick];
	else if (pick < 44)
		at->code = BPF_ALU | (at->code >> 8) % 11 << 4 | (pick & 1 ? BPF_X : BPF_K);
	else
		at->code = BPF_JMP | (1 + (at->code >> 8) % 4) << 4 | (pick & 1 ? BPF_X : BPF_K);
	if (!left)
		at->code = BPF_RET | (pick & 1 ? BPF_A : BPF_K);
	if (BPF_CLASS(at->code) == BPF_JMP && BPF_OP(at->code) == BPF_JA) {
		at->k %= left;
	} else if (BPF_CLASS(at->code) == BPF_JMP) {
		at->jt = (u8)(at->jt % left);
		at->jf = (u8)(at->jf % left);
	} else if (BPF_CLASS(at->code) == BPF_ST || BPF_CLASS(at->code) == BPF_STX ||
		   (BPF_CLASS(at->code) <= BPF_LDX && BPF_MODE(at->code) == BPF_MEM)) {
		at->k %= FILTER_MEMORY_WORDS;
	}
}

static void read_filter(struct input *input, struct filter *filter, u32 flags)
{
	struct sock_filter *instructions;

	filter->add = (u32)take(input, 1) % (FILTER_ADD_UNIQUE + 1);
	filter->field = (u32)take(input, 1) % FIELDS;
	filter->cell = (u32)take(input, 1) % (filter->add == FILTER_ADD_UNIQUE ? FILTER_UNIQUES : FILTER_CELLS);
	filter->layers = (u32)take(input, 1) << 2 & 0x3ff;
	filter->count = (u32)take(input, 2) % (FILTER_INSTRUCTIONS_MAX + 2);
	if (filter->count > left(input) / sizeof(*instructions))
		filter->count = left(input) / sizeof(*instructions);
	instructions = (struct sock_filter *)copied(input->at, filter->count * sizeof(*instructions));
	input->at += filter->count * sizeof(*instructions);
	for (u32 i = 0; flags & REPAIRED && i < filter->count; i++)
		repair(&instructions[i], filter->count - i - 1);
	filter->instructions = instructions;
}

static void read_try(struct input *input, struct try *try)
{
	try->access = (enum filter_access)(take(input, 1) % 3);
	try->flags = (u32)take(input, 1);
	try->before = (u32)take(input, 1) % 130;
	try->count = 1 + (u32)take(input, 1) % FILTERS;
	for (u32 i = 0; i < try->count; i++)
		read_filter(input, &try->filters[i], try->flags);
	if (try->access != ACCESS_TCX || try->flags & RAW || left(input) < ETHERNET_BYTES)
		try->flags &= ~(u32)TAGGED;
	try->data = copied(input->at, left(input));
	try->frame = (struct filter_frame){.data = try->data, .captured = left(input), .wire = left(input)};
	if (try->flags & TAGGED) {
		try->frame.hidden = 1;
		try->frame.tag = TAG;
		try->frame.wire += 4;
	}
}

static void parse(const struct try *try, struct packet *packet)
{
	const u8 *data = try->data, *end = data + try->frame.captured;

	memset(packet, 0, sizeof(*packet));
	if (try->flags & RAW)
		parse_raw(packet, data, end, try->frame.captured, SEED);
	else
		parse_ethernet(packet, data, end, try->frame.captured, try->flags & TAGGED ? VLAN_KNOWN | 0x123 : 0,
			       SEED);
	if (try->flags & SEGMENTS && packet->header_bytes) {
		packet->frames = 44;
		packet->full_bytes = packet->header_bytes + 1448;
	}
}

/* libpcap leaves memory and unknown bits of codes to chance: here all words are written first, and codes are plain. */
static int pcap_answer(pcap_filter_function *filter, const struct filter *own, const struct filter_frame *frame)
{
	struct sock_filter plain[FILTER_INSTRUCTIONS_MAX + FILTER_MEMORY_WORDS];
	u32 count = 0;

	for (u32 i = 0; i < FILTER_MEMORY_WORDS; i++)
		plain[count++] = (struct sock_filter){.code = BPF_ST, .k = i};
	for (u32 i = 0; i < own->count; i++) {
		struct sock_filter at = own->instructions[i];
		u16 class = BPF_CLASS(at.code);
		int shifts = class == BPF_ALU && (BPF_OP(at.code) == BPF_LSH || BPF_OP(at.code) == BPF_RSH);

		if (shifts && BPF_SRC(at.code) == BPF_K && at.k >= 32)
			at = (struct sock_filter){.code = BPF_ALU | BPF_AND | BPF_K};
		if (class == BPF_ST || class == BPF_STX)
			at.code = class;
		if (class == BPF_RET)
			at.code = class | BPF_RVAL(at.code);
		if ((class == BPF_ALU && BPF_OP(at.code) == BPF_NEG) || (class == BPF_JMP && BPF_OP(at.code) == BPF_JA))
			at.code = class | BPF_OP(at.code);
		plain[count++] = at;
	}
	return filter(plain, frame->data, frame->wire, frame->captured) != 0;
}

/* The frame with its tag in place. */
static struct filter_frame untagged(const struct filter_frame *frame)
{
	u8 *data = malloc(frame->captured + 4);
	u32 tag = __builtin_bswap32(frame->tag);

	must(data);
	memcpy(data, frame->data, 12);
	memcpy(data + 12, &tag, 4);
	memcpy(data + 16, frame->data + 12, frame->captured - 12);
	return (struct filter_frame){.data = data, .captured = frame->captured + 4, .wire = frame->wire};
}

static void check_interpreter(const struct filter *filter, const struct filter_frame *frame, pcap_filter_function *pcap)
{
	struct filter_frame whole = frame->hidden ? untagged(frame) : *frame, cut = whole;
	int answer = filter_run(filter->instructions, frame);
	u32 reach = filter_reach(filter->instructions, filter->count);

	must(filter_run(filter->instructions, &whole) == answer);
	must(!pcap || pcap_answer(pcap, filter, &whole) == answer);
	must(reach < FILTER_REACHES_ALL + 64);
	if (reach < cut.captured) {
		cut.captured = reach;
		cut.data = copied(whole.data, reach);
		must(filter_run(filter->instructions, &cut) == answer);
		free((void *)cut.data);
	}
	if (frame->hidden)
		free((void *)whole.data);
}

/* The kernel's functions, as the translated program calls them. */
static u64 call(struct machine *machine, int function)
{
	const u64 *registers = machine->registers;
	u8 *into;

	switch (function) {
	case BPF_FUNC_get_smp_processor_id:
		return 0;
	case BPF_FUNC_ktime_get_ns:
		return NOW_NS;
	case BPF_FUNC_map_lookup_elem:
		must(memory_at(machine, registers[2], 4));
		return registers[1] == MAP_TABLES ? AT_TABLE : registers[1] == MAP_VALUES ? AT_VALUES : 0;
	case BPF_FUNC_tail_call:
		must(registers[1] == AT_CONTEXT && registers[2] == MAP_PROGRAMS && registers[3] < 32);
		return (u64)-2;
	case BPF_FUNC_skb_load_bytes:
	case 189: /* BPF_FUNC_xdp_load_bytes */
		into = memory_at(machine, registers[3], registers[4]);
		must(registers[1] == AT_CONTEXT && into && registers[4] && !(registers[2] >> 32));
		memset(into, 0, registers[4]);
		if (registers[2] > 0x7fffffff || registers[2] + registers[4] > machine->packet_bytes)
			return (u64)-14;
		memcpy(into, machine->packet + registers[2], registers[4]);
		return 0;
	}
	must(!"a function that no filter needs");
	return 0;
}

static void fill_context(const struct try *try, u8 *context, u32 linear)
{
	if (try->access != ACCESS_TCX) {
		*(struct xdp_md *)context = (struct xdp_md){.data = AT_FRAME, .data_end = AT_FRAME + linear};
		return;
	}
	*(struct __sk_buff *)context = (struct __sk_buff){
		.len = try->frame.captured,
		.vlan_present = try->frame.hidden,
		.vlan_tci = TAG & 0xffff,
		.vlan_proto = __builtin_bswap16(TAG >> 16),
		.data = AT_FRAME,
		.data_end = AT_FRAME + linear,
	};
}

static void run_translated(const struct try *try, const struct bpf_insn *program, u32 length, struct table *table,
			   u32 table_size, struct filter_values *values)
{
	_Alignas(8) u8 context[sizeof(struct __sk_buff)] = {0}, stack[STACK_BYTES];
	u32 captured = try->frame.captured, linear = captured;
	struct machine machine = {.call = call, .packet = try->data, .packet_bytes = captured};

	if (try->access != ACCESS_LINEAR && try->flags & PARTLY)
		linear = captured < 40 ? captured : 40;
	memset(stack, 0xa5, sizeof(stack));
	fill_context(try, context, linear);
	for (u32 i = 0; i < 10; i++)
		machine.registers[i] = UNKNOWN;
	machine.registers[1] = AT_CONTEXT;
	machine.registers[10] = AT_STACK + STACK_BYTES;
	machine.regions[0] = (struct region){AT_STACK, stack, sizeof(stack)};
	machine.regions[1] = (struct region){AT_CONTEXT, context, sizeof(context)};
	machine.regions[2] = (struct region){AT_FRAME, try->data, linear};
	machine.regions[3] = (struct region){AT_TABLE, (u8 *)table, table_size};
	machine.regions[4] = (struct region){AT_VALUES, (u8 *)values, filter_values_bytes(BITS)};
	must(run(&machine, program, length) == (try->access == ACCESS_TCX ? 0xffffffffu : 2));
}

static void check_translated(const struct try *try, struct filter_set *set)
{
	u32 bytes = filter_values_bytes(BITS), table_size = (sizeof(struct table) + 127) & ~127u, length;
	struct filter_values *own = calloc(1, bytes), *theirs = calloc(1, bytes);
	struct filter_state state = {.sets = set, .memory = (u8 *)own, .bits = BITS, .seed = SEED};
	struct filter_target target = {.access = try->access,
				       .raw = !!(try->flags & RAW),
				       .tables = MAP_TABLES,
				       .values = MAP_VALUES,
				       .programs = MAP_PROGRAMS,
				       .unique_bits = BITS,
				       .seed = SEED};
	struct table *table = calloc(1, table_size);
	struct packet packet;
	struct bpf_insn *program;
	const char *refusal;

	must(own && theirs && table);
	program = filters_translate(set->filters, set->count, &target, &length, &refusal);
	must(!program == !!refusal);
	if (program) {
		check_reached(program, length);
		table->programs = 0x1ffff;
		table->began_ns = try->flags & TIMED ? NOW_NS - 100 : 0;
		parse(try, packet_of(table));
		parse(try, &packet);
		filters_match(&state, set->link, &packet, &try->frame);
		run_translated(try, program, length, table, table_size, theirs);
		must(!memcmp(packet.matches, packet_of(table)->matches, sizeof(packet.matches)));
		must(!memcmp(own, theirs, bytes));
		must(!table->began_ns && table->timed_ns == (try->flags & TIMED ? 100 : 0));
	}
	free(program);
	free(table);
	free(own);
	free(theirs);
}

static struct filter_set *make_set(const struct try *try)
{
	static const struct sock_filter nothing[] = {{BPF_RET | BPF_K, 0, 0, 0}};
	struct filter_set *set = calloc(1, sizeof(*set) + (try->before + try->count) * sizeof(struct filter));

	must(set);
	set->link = LINK_ETHERNET;
	for (; set->count < try->before; set->count++)
		set->filters[set->count] = (struct filter){.instructions = nothing, .count = 1};
	for (u32 i = 0; i < try->count; i++)
		set->filters[set->count++] = try->filters[i];
	return set;
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t bytes)
{
	static pcap_filter_function *pcap;
	static void *library;
	struct input input = {data, data + bytes};
	struct try try;
	struct filter_set *set;
	u32 good = 0;

	if (!library) {
		library = dlopen("libpcap.so.0.8", RTLD_NOW);
		pcap = library ? (pcap_filter_function *)dlsym(library, "bpf_filter") : NULL;
	}
	read_try(&input, &try);
	for (u32 i = 0; i < try.count; i++)
		good += !filter_refusal(try.filters[i].instructions, try.filters[i].count);
	if (good == try.count) {
		for (u32 i = 0; i < try.count; i++)
			check_interpreter(&try.filters[i], &try.frame, pcap);
		set = make_set(&try);
		check_translated(&try, set);
		free(set);
	}
	for (u32 i = 0; i < try.count; i++)
		free((void *)try.filters[i].instructions);
	free(try.data);
	return 0;
}
