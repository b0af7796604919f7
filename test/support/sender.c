/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Sends UDP and TCP frames over a packet socket at a steady rate, from sources whose shares are Zipf-distributed, then
 * prints how many it sent. Every `churn-seconds` the most popular source becomes the least and all others move up by
 * one place. SIGINT and SIGTERM end it early. TCP checksums are not filled in.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <getopt.h>
#include <linux/if_packet.h>
#include <math.h>
#include <net/ethernet.h>
#include <net/if.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

#include "../../native/core/hash.h"

#define BATCH 64
#define LONGEST 600
#define SLICE_NS 1000000LL
#define SECOND_NS 1000000000LL

struct options {
	const char *interface;
	double rate;
	double seconds;
	u32 keys;
	double exponent;
	double churn_seconds;
	u64 seed;
	int flood;
};

struct sender {
	struct options options;
	int socket;
	double *cumulative; /* of the ranks' shares */
	u64 state;
	u64 packets;
	u64 bytes;
	u8 frames[BATCH][LONGEST];
	struct iovec pieces[BATCH];
	struct mmsghdr messages[BATCH];
};

static volatile sig_atomic_t stopped;

static void stop(int signal)
{
	(void)signal;
	stopped = 1;
}

static void fail(const char *what)
{
	fprintf(stderr, "sender: %s: %s\n", what, strerror(errno));
	exit(1);
}

static u64 draw(struct sender *sender)
{
	return mix64(sender->state += 0x9e3779b97f4a7c15ULL);
}

static u32 draw_rank(struct sender *sender)
{
	u32 low = 0, high = sender->options.keys - 1;
	double drawn = (double)(draw(sender) >> 11) * 0x1p-53 * sender->cumulative[high];

	while (low < high) {
		u32 middle = low + (high - low) / 2;

		if (sender->cumulative[middle] > drawn)
			high = middle;
		else
			low = middle + 1;
	}
	return low;
}

static void put16(u8 *at, u32 value)
{
	at[0] = (u8)(value >> 8);
	at[1] = (u8)value;
}

static void put32(u8 *at, u32 value)
{
	put16(at, value >> 16);
	put16(at + 2, value);
}

static void put_checksum(u8 *ip)
{
	u32 sum = 0;

	put16(ip + 10, 0);
	for (u32 at = 0; at < 20; at += 2)
		sum += load_be16(ip + at);
	sum = (sum & 0xffff) + (sum >> 16);
	put16(ip + 10, ~(sum + (sum >> 16)));
}

/* The frame of one key: source, ports, protocol and length depend on the key alone. */
static u32 write_frame(u8 *frame, u32 source, u32 key)
{
	static const u16 services[] = {443, 53, 80, 22, 123, 8080, 25, 3306};
	u32 udp = key & 1, length = 60 + key * 37 % (LONGEST - 60);
	u8 *ip = frame + 14, *l4 = ip + 20;

	memset(frame, 0, length);
	memcpy(frame, "\x02\0\0\0\0\x02\x02\0\0\0\0\x01\x08\0", 14);
	put16(ip, 0x4500);
	put16(ip + 2, length - 14);
	ip[8] = 64;
	ip[9] = udp ? 17 : 6;
	put32(ip + 12, source);
	put32(ip + 16, 0xc6336401 + key % 200);
	put_checksum(ip);
	put16(l4, 1024 + key % 60000);
	put16(l4 + 2, services[(key >> 1) % 8]);
	if (udp)
		put16(l4 + 4, length - 34);
	else
		put16(l4 + 12, 0x5010);
	return length;
}

static u32 next_frame(struct sender *sender, u64 number, double elapsed, u8 *frame)
{
	const struct options *options = &sender->options;
	u64 moved = options->churn_seconds > 0 ? (u64)(elapsed / options->churn_seconds) : 0;
	u32 key = (u32)((draw_rank(sender) + moved) % options->keys);

	/* an odd multiplier gives each number an address of its own in 64.0.0.0/2 */
	if (options->flood)
		return write_frame(frame, 0x40000000 | ((u32)number * 0x9e3779b1u & 0x3fffffff), key);
	return write_frame(frame, 0x0a000000 + key, key);
}

static void send_batch(struct sender *sender, u32 count, double elapsed)
{
	u32 sent = 0;

	for (u32 at = 0; at < count; at++)
		sender->pieces[at].iov_len = next_frame(sender, sender->packets + at, elapsed, sender->frames[at]);
	while (sent < count) {
		int taken = sendmmsg(sender->socket, sender->messages + sent, count - sent, 0);

		if (taken < 0 && (errno == ENOBUFS || errno == EINTR || errno == EAGAIN))
			continue;
		if (taken < 0)
			fail("sendmmsg");
		sent += (u32)taken;
	}
	sender->packets += count;
	for (u32 at = 0; at < count; at++)
		sender->bytes += sender->pieces[at].iov_len;
}

static long long now_ns(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return time.tv_sec * SECOND_NS + time.tv_nsec;
}

/* Sends what is due, every millisecond. */
static double send_all(struct sender *sender)
{
	const struct options *options = &sender->options;
	u64 total = (u64)(options->rate * options->seconds + 0.5);
	long long start = now_ns();

	while (!stopped && sender->packets < total) {
		long long now = now_ns(), wake = now + SLICE_NS;
		double elapsed = (double)(now - start) / SECOND_NS;
		u64 due = (u64)(elapsed * options->rate);
		struct timespec until = {.tv_sec = wake / SECOND_NS, .tv_nsec = wake % SECOND_NS};

		if (due > total)
			due = total;
		while (!stopped && sender->packets < due) {
			u64 left = due - sender->packets;

			send_batch(sender, left < BATCH ? (u32)left : BATCH, elapsed);
		}
		if (sender->packets < total)
			clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &until, NULL);
	}
	return (double)(now_ns() - start) / SECOND_NS;
}

static void open_sender(struct sender *sender)
{
	struct options *options = &sender->options;
	struct sockaddr_ll address = {.sll_family = AF_PACKET, .sll_ifindex = (int)if_nametoindex(options->interface)};
	double share = 0;

	sender->state = options->seed;
	sender->cumulative = malloc(sizeof(double) * options->keys);
	if (!sender->cumulative)
		fail("no memory");
	for (u32 rank = 0; rank < options->keys; rank++)
		sender->cumulative[rank] = share += pow(rank + 1, -options->exponent);
	for (u32 at = 0; at < BATCH; at++) {
		sender->pieces[at].iov_base = sender->frames[at];
		sender->messages[at].msg_hdr = (struct msghdr){.msg_iov = &sender->pieces[at], .msg_iovlen = 1};
	}
	if (!address.sll_ifindex)
		fail(options->interface);
	/* protocol 0: nothing is received */
	sender->socket = socket(AF_PACKET, SOCK_RAW, 0);
	if (sender->socket < 0 || bind(sender->socket, (struct sockaddr *)&address, sizeof(address)))
		fail("socket");
}

static int read_options(int argc, char **argv, struct options *options)
{
	static const struct option known[] = {
		{"interface", required_argument, NULL, 'i'},
		{"rate", required_argument, NULL, 'r'},
		{"seconds", required_argument, NULL, 's'},
		{"keys", required_argument, NULL, 'k'},
		{"exponent", required_argument, NULL, 'e'},
		{"churn-seconds", required_argument, NULL, 'c'},
		{"seed", required_argument, NULL, 'x'},
		{"flood", no_argument, NULL, 'f'},
		{NULL, 0, NULL, 0},
	};

	for (int option; (option = getopt_long(argc, argv, "", known, NULL)) != -1;) {
		switch (option) {
		case 'i':
			options->interface = optarg;
			break;
		case 'r':
			options->rate = atof(optarg);
			break;
		case 's':
			options->seconds = atof(optarg);
			break;
		case 'k':
			options->keys = (u32)strtoul(optarg, NULL, 10);
			break;
		case 'e':
			options->exponent = atof(optarg);
			break;
		case 'c':
			options->churn_seconds = atof(optarg);
			break;
		case 'x':
			options->seed = strtoull(optarg, NULL, 10);
			break;
		case 'f':
			options->flood = 1;
			break;
		default:
			return 0;
		}
	}
	return optind == argc && options->interface && options->rate > 0 && options->seconds > 0 && options->keys > 0;
}

int main(int argc, char **argv)
{
	static struct sender sender = {.options = {.keys = 10000, .exponent = 1.1, .seed = 1}};
	double seconds;

	if (!read_options(argc, argv, &sender.options)) {
		fprintf(stderr, "usage: sender --interface NAME --rate PACKETS_A_SECOND --seconds S [--keys N] "
				"[--exponent E] [--churn-seconds S] [--seed N] [--flood]\n");
		return 2;
	}
	signal(SIGINT, stop);
	signal(SIGTERM, stop);
	open_sender(&sender);
	seconds = send_all(&sender);
	printf("{\"packets\":%llu,\"bytes\":%llu,\"seconds\":%.6f}\n", sender.packets, sender.bytes, seconds);
	return 0;
}
