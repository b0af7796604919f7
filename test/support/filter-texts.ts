// SPDX-License-Identifier: Apache-2.0

/** Filters for Ethernet with every primitive of pcap-filter(7) that needs neither names, a netmask nor another link layer. */
export const PRIMITIVES: readonly string[] = `
host 10.0.0.1;src host 192.168.1.1;dst host 192.168.1.1;src or dst host 10.0.0.2;src and dst host 127.0.0.1;host 192.168
ip host 192.168.0.1;arp host 192.168.1.1;rarp host 192.168.1.1;ip6 host fe80::1;ip6 host ::1;src host ff02::1;dst host ff02::fb
ether host ff:ff:ff:ff:ff:ff;ether src 00:00:00:00:00:00;ether dst ff:ff:ff:ff:ff:ff;ether host 00-0c-29-1c-e3-19;ether dst 3333.0000.0001
net 10;net 192.168;net 192.168.1.0/24;src net 10.0.0.0/8;dst net 224.0.0.0/4;net 172.16.0.0 mask 255.240.0.0;src net 192.168.0.0 mask 255.255.0.0
ip6 net 2001:db8::/32;src net fe80::/10;dst net ff00::/8;net 0.0.0.0/0
port 53;src port 80;dst port 443;tcp port 80;udp port 53;tcp src port 443;udp dst port 161;sctp port 36412;port http;port domain;tcp dst port ssh
portrange 1-1023;tcp portrange 8000-9000;udp src portrange 50-60;dst portrange 0-65535;portrange 20-ssh;src or dst port 123;src and dst port 137
less 64;less 60;greater 1000;greater 1514;len > 100;len <= 60;length = 60;len % 4 == 0;len - 14 > 46
ip proto 6;ip proto \\tcp;ip proto \\udp;ip proto \\icmp;ip proto 47;ip proto 89;ip6 proto 58;ip6 proto \\tcp;ip6 proto 17;proto 6;proto \\udp
tcp;udp;icmp;icmp6;igmp;igrp;pim;vrrp;carp;ah;esp;sctp;ip;ip6;arp;rarp;ip and not tcp;not ip
ether proto 0x0800;ether proto \\ip;ether proto \\ip6;ether proto \\arp;ether proto 0x88cc;ether proto 0x8100;ether proto \\stp;ether proto \\netbeui;ether proto 0x8863
ether broadcast;broadcast;ether multicast;multicast;ip multicast;ip6 multicast
atalk;aarp;decnet;lat;moprc;mopdl;iso;clnp;esis;isis;stp;ipx;netbeui;sca;iso proto \\isis;l1;l2;iih;lsp;snp;csnp;psnp
vlan;vlan 1;vlan 5;vlan 100;vlan and tcp;vlan and ip;vlan and vlan;vlan 2 and ip6;tcp or vlan and tcp;not vlan;vlan and host 10.0.0.1;vlan and ether[14:2] & 0xfff > 1
mpls;mpls 100;mpls and ip;mpls and mpls and host 10.0.0.1;pppoed;pppoes;pppoes and ip;pppoes 0x27 and ip6;geneve;geneve 0xb;llc;llc i;llc s;llc u;llc rr;llc ui
tcp[tcpflags] & (tcp-syn|tcp-fin) != 0;tcp[tcpflags] == tcp-syn;tcp[13] & 16 != 0;tcp[tcpflags] & tcp-rst != 0;tcp[tcpflags] & tcp-push != 0;tcp[tcpflags] & tcp-urg != 0
tcp[tcpflags] & tcp-ece != 0;tcp[tcpflags] & tcp-cwr != 0;tcp[14:2] == 0;tcp[12] >> 4 > 5;tcp[0:2] < tcp[2:2];tcp[((tcp[12:1] & 0xf0) >> 2):4] = 0x47455420
ip[0] & 0xf != 5;ip[0] & 0xf > 5 and tcp;ip[6:2] & 0x1fff = 0;ip[6:2] & 0x3fff != 0;ip[8] < 5;ip[9] = 17;ip[2:2] > 576;ip[1] & 0xfc >> 2 == 46;ip[16] >= 224
ip6[6] == 58;ip6[7] = 255;ip6[4:2] < 40;ip6[0:4] & 0xfffff != 0;ip6[40] = 135;icmp[icmptype] = icmp-echo;icmp[icmptype] == icmp-unreach;icmp[icmpcode] = 3
icmp[icmptype] != icmp-echo and icmp[icmptype] != icmp-echoreply;icmp6[icmp6type] == icmp6-neighborsolicit;icmp6[icmp6type] = icmp6-routeradvert;icmp6[icmp6code] > 0
udp[4:2] > 100;udp[8:4] = 0;udp[0:2] = udp[2:2];udp[10] & 0x80 = 0;ether[0] & 1 = 1;ether[12:2] = 0x0800;ether[6:4] != 0;ether[len - 1] = 0;arp[6:2] = 1;arp[6:2] = 2;rarp[7] > 0
ip[ip[0] & 15] = 0;ip[(ip[0] & 15) * 4 + 1] > 10;ether[ether[14] % 60:2] > 1000;ip[2:2] - (ip[0] & 15) * 4 > 500;ip[2:2] / 8 = 5;ip[8] * 2 > 200;ip[4:2] % 7 = 3;ip[4:2] | 1 = ip[4:2]
ip[4:2] ^ 0xffff < 1000;ip[8] << 1 > 128;ip[12:4] >> 24 = 10;(-ip[8]) > 0;1000 / ip[8] > 10;ip[4:2] % ip[8] = 0;ip[8] << ip[9] > 300;(ip[8] + 1) & 255 != 65
ether[60] = 0;ether[100:4] != 0;ether[1000] > 0;ether[1500:2] >= 0;udp[1000:4] >= 0;ether[9000] = 0;1 = 1
`
  .trim()
  .split(/[;\n]/)
  .map((text) => text.trim())

type Random = () => number

/** Filters that join two to four others, of the primitives, at random. */
export function combinations(count: number, random: Random): string[] {
  const below = (limit: number): number => Math.floor(random() * limit)
  const simple = PRIMITIVES.filter(
    (text) => text !== '' && !/\b(?:vlan|mpls|pppoe|geneve|1 = 1)/.test(text),
  )
  const one = (): string => {
    const text = simple[below(simple.length)] ?? 'ip'
    return `${below(3) === 0 ? 'not ' : ''}(${text})`
  }
  return Array.from({ length: count }, () => {
    const parts = Array.from({ length: 2 + below(3) }, one)
    return parts.reduce(
      (text, part) => `${below(4) === 0 ? `(${text})` : text} ${below(2) ? 'and' : 'or'} ${part}`,
    )
  })
}
