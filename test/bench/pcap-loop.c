/* SPDX-License-Identifier: Apache-2.0 */
/* Reads a capture file with libpcap and only counts its packets: what any libpcap program costs before it looks. */
#include <pcap/pcap.h>
#include <stdio.h>

struct total {
	unsigned long long packets;
	unsigned long long bytes;
};

static void count(unsigned char *user, const struct pcap_pkthdr *header, const unsigned char *frame)
{
	struct total *total = (struct total *)user;

	(void)frame;
	total->packets++;
	total->bytes += header->len;
}

int main(int argc, char **argv)
{
	char error[PCAP_ERRBUF_SIZE] = "usage: pcap-loop FILE";
	struct total total = {0};
	pcap_t *capture = argc == 2 ? pcap_open_offline(argv[1], error) : NULL;

	if (!capture) {
		fprintf(stderr, "pcap-loop: %s\n", error);
		return 1;
	}
	if (pcap_loop(capture, -1, count, (unsigned char *)&total)) {
		fprintf(stderr, "pcap-loop: %s\n", pcap_geterr(capture));
		return 1;
	}
	printf("%llu packets, %llu bytes\n", total.packets, total.bytes);
	pcap_close(capture);
	return 0;
}
