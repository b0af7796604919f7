// SPDX-License-Identifier: Apache-2.0

/** What a name would mean behind a word of pcap-filter(7). */
export type Meaning = 'host' | 'port' | 'protocol' | 'word'

const words = (text: string): string[] => text.trim().split(/\s+/)

/** Words behind which a name has a meaning of its own; behind the other keywords it is a host's. */
const MEANINGS: readonly (readonly [Meaning, string])[] = [
  ['port', 'port portrange'],
  ['protocol', 'proto protochain'],
  ['word', 'type subtype dir direction on ifname rset ruleset reason action llc'],
]

const OTHERS = words(`
  host net mask gateway dst src link ether ppp slip fddi tr wlan arp rarp ip sctp tcp udp icmp igmp igrp pim vrrp carp
  radio ip6 icmp6 ah esp atalk aarp decnet lat sca moprc mopdl iso esis es-is isis is-is l1 l2 iih lsp snp csnp psnp
  clnp stp ipx netbeui less greater byte broadcast multicast and or not len length inbound outbound ifindex vlan mpls
  pppoed pppoes geneve lane metac bcc oam oamf4 oamf4ec oamf4sc sc ilmic vpi vci connectmsg metaconnect rnr rulenum
  srnr subrulenum fisu lssu lsu msu hfisu hlssu hmsu sio opc dpc sls hsio hopc hdpc hsls addr1 addr2 addr3 addr4
  address1 address2 address3 address4 ra ta icmptype icmpcode icmp-echoreply icmp-unreach icmp-sourcequench
  icmp-redirect icmp-echo icmp-routeradvert icmp-routersolicit icmp-timxceed icmp-paramprob icmp-tstamp
  icmp-tstampreply icmp-ireq icmp-ireqreply icmp-maskreq icmp-maskreply icmp6type icmp6code icmp6-destinationrunreach
  icmp6-packettoobig icmp6-timeexceeded icmp6-parameterproblem icmp6-echo icmp6-echoreply icmp6-multicastlistenerquery
  icmp6-multicastlistenerreportv1 icmp6-multicastlistenerdone icmp6-routersolicit icmp6-routeradvert
  icmp6-neighborsolicit icmp6-neighboradvert icmp6-redirect icmp6-routerrenum icmp6-nodeinformationquery
  icmp6-nodeinformationresponse icmp6-ineighbordiscoverysolicit icmp6-ineighbordiscoveryadvert
  icmp6-multicastlistenerreportv2 icmp6-homeagentdiscoveryrequest icmp6-homeagentdiscoveryreply
  icmp6-mobileprefixsolicit icmp6-mobileprefixadvert icmp6-certpathsolicit icmp6-certpathadvert
  icmp6-multicastrouteradvert icmp6-multicastroutersolicit icmp6-multicastrouterterm tcpflags tcp-fin tcp-syn tcp-rst
  tcp-push tcp-ack tcp-urg tcp-ece tcp-cwr`)

/** Keywords, each with what a name behind it means; `and`, `or` and `not` leave the meaning as it was. */
export const KEYWORDS: ReadonlyMap<string, Meaning | undefined> = new Map([
  ...OTHERS.map((word) => [word, 'host'] as const),
  ...MEANINGS.flatMap(([meaning, text]) => words(text).map((word) => [word, meaning] as const)),
  ...['and', 'or', 'not'].map((word) => [word, undefined] as const),
])
