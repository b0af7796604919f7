/* SPDX-License-Identifier: Apache-2.0 */
/*
 * filters-fuzz SEED COUNT: random valid classic programs over random frames; the kernel's answer for the translated
 * program, the interpreter's, libpcap's and (for programs whose meaning does not differ there) that of a socket filter
 * must agree. Prints one JSON object, or the first difference and exits with 1.
 */
#include "filters-harness.h"

#include <dlfcn.h>
#include <sys/socket.h>

#define FRAMES_EACH 6
#define WORDS 4 /* of memory that most programs write first */
#define FRAME_MAX 9000
#define LINEAR_MAX 3400

static u64 state;

static u32 random_below(u32 limit)
{
	state = state * 6364136223846793005ull + 1442695040888963407ull;
	return (u32)((state >> 33) % limit);
}

static u32 pick(const u32 *from, u32 count)
{
	return from[random_below(count)];
}

#define PICK(...) pick((const u32[]){__VA_ARGS__}, sizeof((u32[]){__VA_ARGS__}) / sizeof(u32))

struct random_program {
	struct sock_filter instructions[FILTER_INSTRUCTIONS_MAX];
	u32 count;
	int wild;      /* a socket filter may answer otherwise: offsets that wrap, shifts by X */
	int untouched; /* memory is read that was not written: libpcap leaves there what was in its stack */
};

static u32 random_offset(void)
{
	switch (random_below(12)) {
	case 0:
		return random_below(FRAME_MAX + 200);
	case 1:
		return PICK(0x7ff0, 0x7fff, 0xfff0, 0xffff, 0x10000, 0x7fffffff, 0x80000000u, 0xffdfffffu);
	case 2:
		return random_below(20);
	}
	return random_below(80);
}

static u32 random_number(void)
{
	switch (random_below(6)) {
	case 0:
		return random_below(0x7fffffff) * 2 + random_below(2);
	case 1:
		return PICK(0, 1, 0xff, 0xffff, 0x7fffffff, 0x80000000u, 0xffffffffu);
	}
	return random_below(300);
}

static struct sock_filter random_load(struct random_program *program)
{
	u16 size = (u16)PICK(BPF_W, BPF_H, BPF_B);
	u32 offset = random_offset();

	if (offset >= 0x7fff0000u)
		program->wild = 1;
	switch (random_below(10)) {
	case 0:
		return (struct sock_filter){BPF_LD | BPF_IMM, 0, 0, random_number()};
	case 1:
		return (struct sock_filter){BPF_LDX | BPF_IMM, 0, 0,
					    random_below(3) ? random_below(60) : random_number()};
	case 2:
		return (struct sock_filter){(u16)(PICK(BPF_LD, BPF_LDX) | BPF_MEM), 0, 0,
					    random_below(program->untouched ? 16 : WORDS)};
	case 3:
		return (struct sock_filter){(u16)(PICK(BPF_LD, BPF_LDX) | BPF_W | BPF_LEN), 0, 0, 0};
	case 4:
		return (struct sock_filter){BPF_LDX | BPF_MSH | BPF_B, 0, 0, offset};
	case 5:
	case 6:
	case 7:
		program->wild = 1; /* X may be anything */
		return (struct sock_filter){(u16)(BPF_LD | size | BPF_IND), 0, 0, offset};
	}
	return (struct sock_filter){(u16)(BPF_LD | size | BPF_ABS), 0, 0, offset};
}

static struct sock_filter random_alu(struct random_program *program)
{
	u16 operation = (u16)PICK(BPF_ADD, BPF_SUB, BPF_MUL, BPF_DIV, BPF_MOD, BPF_AND, BPF_OR, BPF_XOR, BPF_LSH,
				  BPF_RSH, BPF_NEG);
	u16 source = operation != BPF_NEG && random_below(2) ? BPF_X : BPF_K;
	u32 k = random_number();

	if (operation == BPF_LSH || operation == BPF_RSH) {
		program->wild |= source == BPF_X;
		k = random_below(32); /* libpcap shifts by what it is told */
	}
	if ((operation == BPF_DIV || operation == BPF_MOD) && !k)
		k = 7;
	return (struct sock_filter){(u16)(BPF_ALU | operation | source), 0, 0, k};
}

static struct sock_filter random_jump(u32 left)
{
	u16 operation = (u16)PICK(BPF_JA, BPF_JEQ, BPF_JGT, BPF_JGE, BPF_JSET, BPF_JEQ, BPF_JGT);
	u32 reach = random_below(4) ? 6 : 255;
	u32 limit = left < reach ? left : reach;

	if (operation == BPF_JA)
		return (struct sock_filter){BPF_JMP | BPF_JA, 0, 0, random_below(limit)};
	return (struct sock_filter){(u16)(BPF_JMP | operation | PICK(BPF_K, BPF_X)), (u8)random_below(limit),
				    (u8)random_below(limit), random_number()};
}

static void make_program(struct random_program *program)
{
	u32 count = 2 + random_below(random_below(20) ? 40 : FILTER_INSTRUCTIONS_MAX - 2);

	program->count = count;
	program->wild = 0;
	program->untouched = !random_below(4) || count < WORDS + 2;
	for (u32 i = 0; i < count; i++) {
		struct sock_filter *at = &program->instructions[i];
		u32 left = count - i - 1, kind = random_below(100);

		if (!program->untouched && i < WORDS)
			*at = (struct sock_filter){BPF_ST, 0, 0, i};
		else if (!left)
			*at = (struct sock_filter){(u16)(BPF_RET | PICK(BPF_K, BPF_A)), 0, 0, random_below(2) * 65535};
		else if (kind < 40)
			*at = random_load(program);
		else if (kind < 62)
			*at = random_alu(program);
		else if (kind < 82)
			*at = random_jump(left);
		else if (kind < 88)
			*at = (struct sock_filter){(u16)PICK(BPF_ST, BPF_STX), 0, 0, random_below(16)};
		else if (kind < 97)
			*at = (struct sock_filter){(u16)(BPF_MISC | PICK(BPF_TAX, BPF_TXA)), 0, 0, 0};
		else
			*at = (struct sock_filter){(u16)(BPF_RET | PICK(BPF_K, BPF_A)), 0, 0, random_below(2) * 65535};
	}
}

static u32 make_frame(u8 *frame)
{
	u32 bytes = random_below(3) ? 60 + random_below(100) : 60 + random_below(FRAME_MAX - 59);

	for (u32 i = 0; i < bytes; i++)
		frame[i] = (u8)random_below(i < 64 && random_below(2) ? 8 : 256);
	if (random_below(2)) { /* a test run of tcx looks into the header of IP */
		memcpy(frame + 12, (u8[]){8, 0, 0x45}, 3);
	} else if (random_below(2)) {
		memcpy(frame + 12, (u8[]){0x81, 0, 0, 7, 8, 0, 0x45}, 7);
	}
	return bytes;
}

typedef u32 pcap_filter_function(const struct sock_filter *, const u8 *, u32, u32);

/* The kernel's own classic machine: does the frame come through a socket with the program as filter? */
static int passes_socket(const struct random_program *program, const u8 *frame, u32 bytes)
{
	struct sock_fprog attached = {(u16)program->count, (struct sock_filter *)program->instructions};
	int ends[2], passed;
	u8 byte;

	if (socketpair(AF_UNIX, SOCK_DGRAM, 0, ends))
		die("socketpair");
	if (setsockopt(ends[0], SOL_SOCKET, SO_ATTACH_FILTER, &attached, sizeof(attached)))
		passed = -1; /* it checks more than libpcap: memory that is read before it is written */
	else {
		if (send(ends[1], frame, bytes, 0) != (ssize_t)bytes && errno != EPERM)
			die("send");
		passed = recv(ends[0], &byte, 1, MSG_DONTWAIT) == 1;
	}
	close(ends[0]);
	close(ends[1]);
	return passed;
}

static void report(const char *what, const struct random_program *program, const u8 *frame, u32 bytes, int expected,
		   int got)
{
	printf("%s: expected %d, got %d\n", what, expected, got);
	for (u32 i = 0; i < program->count; i++)
		printf("%3u: { 0x%02x, %u, %u, 0x%08x }\n", i, program->instructions[i].code,
		       program->instructions[i].jt, program->instructions[i].jf, program->instructions[i].k);
	printf("frame of %u bytes: ", bytes);
	for (u32 i = 0; i < bytes && i < 200; i++)
		printf("%02x", frame[i]);
	printf("\n");
	exit(1);
}

struct counts {
	u32 refused, kernel_runs, tagged_runs, fragmented_runs, socket_runs, matched, frames;
};

static const u32 TAG = 0x8100a123u;

static int matches(const struct harness *harness)
{
	const struct packet *packet = (const struct packet *)harness->table->scratch;

	return (int)(packet->matches[0] >> 5 & 1);
}

/* Runs one loaded program over one frame every way there is. */
static void compare_kernel(struct harness *harness, enum filter_access access, int program, int tagger,
			   const struct random_program *random, const u8 *frame, u32 bytes, int expected,
			   struct counts *counts)
{
	struct packet *packet = (struct packet *)harness->table->scratch;
	static const char *const names[] = {"xdp", "xdp with fragments", "tcx"};
	u32 linears[] = {0, 64, 64 + random_below(200)};

	if (access == ACCESS_LINEAR && bytes > LINEAR_MAX) /* a device that has fragments does not take such programs */
		return;
	for (u32 i = 0; i < 3; i++) {
		int verdict;

		packet->pkt.len = bytes;
		packet->matches[0] = ~0ull;
		if (linears[i] && (access == ACCESS_LINEAR || linears[i] >= bytes))
			continue;
		verdict = run_program(program, access, frame, bytes, linears[i], 1, NULL);
		if (verdict <= -1000)
			continue;
		if (verdict != (access == ACCESS_TCX ? -1 : 2))
			report("verdict", random, frame, bytes, 2, verdict);
		if (matches(harness) != expected)
			report(names[access], random, frame, bytes, expected, matches(harness));
		counts->kernel_runs++;
		counts->fragmented_runs += linears[i] != 0 || (access == ACCESS_FRAGMENTS && bytes > 3800);
	}
	if (access == ACCESS_TCX) {
		struct filter_frame hidden = {frame, bytes, bytes + 4, 1, TAG};
		static u8 whole[FRAME_MAX + 4];
		int wanted;

		memcpy(whole, frame, 12);
		memcpy(whole + 12, (u8[]){TAG >> 24, TAG >> 16 & 255, TAG >> 8 & 255, TAG & 255}, 4);
		memcpy(whole + 16, frame + 12, bytes - 12);
		wanted = filter_run(random->instructions, &(struct filter_frame){whole, bytes + 4, bytes + 4, 0, 0});
		if (filter_run(random->instructions, &hidden) != wanted)
			report("interpreter, tag beside the frame", random, whole, bytes + 4, wanted, !wanted);
		put_first(harness, program);
		packet->matches[0] = ~0ull;
		if (run_program(tagger, access, frame, bytes, 0, 1, NULL) == -1) {
			if (matches(harness) != wanted)
				report("tcx, tag beside the frame", random, whole, bytes + 4, wanted, matches(harness));
			counts->tagged_runs++;
		}
	}
}

int main(int argc, char **argv)
{
	struct harness harness;
	struct counts counts = {0};
	static struct random_program program;
	static u8 frames[FRAMES_EACH][FRAME_MAX];
	u32 bytes[FRAMES_EACH];
	int expected[FRAMES_EACH], tagger;
	void *pcap = dlopen("libpcap.so.0.8", RTLD_NOW);
	pcap_filter_function *pcap_filter = pcap ? (pcap_filter_function *)dlsym(pcap, "bpf_filter") : NULL;
	u32 total = argc > 2 ? (u32)atoi(argv[2]) : 1000;

	if (argc < 3 || !pcap_filter)
		return 2;
	state = strtoull(argv[1], NULL, 10) * 2 + 1;
	open_harness(&harness, 8);
	tagger = load_tagger(&harness, TAG);
	for (u32 round = 0; round < total; round++) {
		struct filter filters[6] = {{0}};
		static const struct sock_filter nothing[] = {{BPF_RET | BPF_K, 0, 0, 0}};
		const char *refusal;

		make_program(&program);
		refusal = filter_refusal(program.instructions, program.count);
		if (refusal) {
			report(refusal, &program, frames[0], 0, 1, 0);
		}
		for (u32 i = 0; i < 5; i++)
			filters[i] = (struct filter){.instructions = nothing, .count = 1};
		filters[5] = (struct filter){.instructions = program.instructions, .count = program.count};
		for (u32 i = 0; i < FRAMES_EACH; i++) {
			int socket;

			bytes[i] = make_frame(frames[i]);
			expected[i] = filter_run(program.instructions,
						 &(struct filter_frame){frames[i], bytes[i], bytes[i], 0, 0});
			if (!program.untouched &&
			    (pcap_filter(program.instructions, frames[i], bytes[i], bytes[i]) != 0) != expected[i])
				report("libpcap", &program, frames[i], bytes[i], expected[i], !expected[i]);
			counts.matched += (u32)expected[i];
			counts.frames++;
			socket = program.wild ? -1 : passes_socket(&program, frames[i], bytes[i]);
			if (socket >= 0 && socket != expected[i])
				report("socket filter", &program, frames[i], bytes[i], expected[i], socket);
			counts.socket_runs += socket >= 0;
		}
		for (enum filter_access access = ACCESS_LINEAR; access <= ACCESS_TCX; access++) {
			struct filter_target target = {.access = access,
						       .tables = harness.tables,
						       .values = -1,
						       .programs = harness.programs[access],
						       .unique_bits = 8};
			u32 length;
			struct bpf_insn *instructions = filters_translate(filters, 6, &target, &length, &refusal);
			int loaded;

			if (!instructions) {
				counts.refused++;
				continue;
			}
			loaded = load_program(&harness, access, instructions, length);
			free(instructions);
			if (loaded < 0) {
				u32 end = (u32)strlen(harness.log);

				printf("%s\n", harness.log + (end > 3000 ? end - 3000 : 0));
				report("the verifier refuses", &program, frames[0], 0, 0, errno);
			}
			for (u32 i = 0; i < FRAMES_EACH; i++)
				compare_kernel(&harness, access, loaded, tagger, &program, frames[i], bytes[i],
					       expected[i], &counts);
			close(loaded);
		}
	}
	printf("{\"programs\":%u,\"refused\":%u,\"frames\":%u,\"matched\":%u,\"kernel\":%u,\"tagged\":%u,\"fragmented\":%u,"
	       "\"socket\":%u}\n",
	       total, counts.refused, counts.frames, counts.matched, counts.kernel_runs, counts.tagged_runs,
	       counts.fragmented_runs, counts.socket_runs);
	return 0;
}
