// SPDX-License-Identifier: Apache-2.0

/* Ports often met, by the names of IANA's Service Name and Transport Protocol Port Number Registry; where it has none,
   or one that nobody knows, by the software that listens there. */
const TCP = `
7 echo,9 discard,13 daytime,17 qotd,19 chargen,20 ftp-data,21 ftp,22 ssh,23 telnet,25 smtp,37 time,43 whois,49 tacacs,
53 domain,70 gopher,79 finger,80 http,88 kerberos,102 iso-tsap,110 pop3,111 sunrpc,113 auth,119 nntp,123 ntp,135 epmap,
137 netbios-ns,138 netbios-dgm,139 netbios-ssn,143 imap,161 snmp,162 snmptrap,179 bgp,194 irc,199 smux,264 bgmp,
318 tsp,345 pawserv,389 ldap,427 svrloc,443 https,444 snpp,445 microsoft-ds,464 kpasswd,465 submissions,502 mbap,
512 exec,513 login,514 shell,515 printer,540 uucp,543 klogin,544 kshell,548 afpovertcp,554 rtsp,563 nntps,
587 submission,591 http-alt,593 http-rpc-epmap,631 ipp,636 ldaps,646 ldp,655 tinc,660 mac-srvr-admin,691 msexch-routing,
694 ha-cluster,706 silc,749 kerberos-adm,830 netconf-ssh,853 domain-s,860 iscsi,873 rsync,902 ideafarm-door,
989 ftps-data,990 ftps,992 telnets,993 imaps,995 pop3s,1080 socks,1093 proofd,1194 openvpn,1214 kazaa,1352 lotusnote,
1433 ms-sql-s,1434 ms-sql-m,1494 ica,1521 ncube-lm,1524 ingreslock,1645 datametrics,1646 sa-msg-port,1701 l2tp,
1723 pptp,1812 radius,1813 radius-acct,1883 mqtt,1935 macromedia-fcs,2000 cisco-sccp,2049 nfs,2086 gnunet,2181 eforward,
2377 swarm,2379 etcd-client,2380 etcd-server,2404 iec-104,2427 mgcp-gateway,2483 ttc,2484 ttc-ssl,2628 dict,
3000 hbci,3050 gds-db,3128 ndl-aas,3260 iscsi-target,3268 msft-gc,3269 msft-gc-ssl,3306 mysql,3389 ms-wbt-server,
3478 stun,3632 distcc,3689 daap,3690 svn,4190 sieve,4317 otlp-grpc,4318 otlp-http,4369 epmd,4840 opcua-tcp,
5000 commplex-main,5060 sip,5061 sips,5201 targus-getdata1,5222 xmpp-client,5269 xmpp-server,5353 mdns,5355 llmnr,
5432 postgresql,5671 amqps,5672 amqp,5900 rfb,5938 teamviewer,5984 couchdb,5985 wsman,5986 wsmans,6000 x11,
6379 redis,6443 sun-sr-https,6514 syslog-tls,6566 sane-port,6667 ircu,6697 ircs-u,7000 afs3-fileserver,
7946 swarm-gossip,8000 irdmi,8008 http-alt,8080 http-alt,8086 influxdb,8443 pcsync-https,8500 consul,8883 secure-mqtt,
8888 ddi-tcp-1,9000 cslistener,9042 cassandra,9090 prometheus,9092 kafka,9093 alertmanager,9100 hp-pdl-datastr,
9153 coredns-metrics,9200 wap-wsp,9418 git,10050 zabbix-agent,10051 zabbix-trapper,10250 kubelet,10777 pktspot,
11211 memcache,15672 rabbitmq,20000 dnp,25565 minecraft,27017 mongodb,44818 eip-2,50000 db2`

const UDP = `
7 echo,9 discard,13 daytime,19 chargen,37 time,49 tacacs,53 domain,67 bootps,68 bootpc,69 tftp,80 quic,88 kerberos,
111 sunrpc,123 ntp,135 epmap,137 netbios-ns,138 netbios-dgm,161 snmp,162 snmptrap,177 xdmcp,319 ptp-event,
320 ptp-general,389 ldap,427 svrloc,443 https,464 kpasswd,500 isakmp,514 syslog,520 router,521 ripng,546 dhcpv6-client,
547 dhcpv6-server,554 rtsp,623 asf-rmcp,631 ipp,646 ldp,853 domain-s,1194 openvpn,1434 ms-sql-m,1645 datametrics,
1646 sa-msg-port,1701 l2tp,1812 radius,1813 radius-acct,1900 ssdp,2049 nfs,2055 netflow,2123 gtp-control,2152 gtp-user,
2427 mgcp-gateway,3205 isns,3389 ms-wbt-server,3478 stun,3544 teredo,3702 ws-discovery,3784 bfd-control,3785 bfd-echo,
4500 ipsec-nat-t,4739 ipfix,4789 vxlan,5004 rtp,5005 rtcp,5060 sip,5061 sips,5349 stuns,5353 mdns,5355 llmnr,
5683 coap,5684 coaps,6081 geneve,6343 sflow,6514 syslog-tls,7946 swarm-gossip,8472 flannel-vxlan,10001 ubiquiti,
11211 memcache,19302 stun-google,27015 steam,33434 traceroute,41641 tailscale,47808 bacnet,51820 wireguard`

const BY_PROTOCOL: Readonly<Record<string, ReadonlyMap<string, string>>> = {
  tcp: read(TCP),
  udp: read(UDP),
}

/** Names the service of a port; without a protocol that of TCP, else of UDP. Undefined: none is known. */
export function serviceName(port: string, protocol?: string): string | undefined {
  const tables = protocol === undefined ? ['tcp', 'udp'] : [protocol]
  for (const table of tables) {
    const name = BY_PROTOCOL[table]?.get(port)
    if (name !== undefined) return name
  }
  return undefined
}

function read(table: string): ReadonlyMap<string, string> {
  const entries = table.split(',').map((entry): [string, string] => {
    const [port = '', name = ''] = entry.trim().split(' ')
    return [port, name]
  })
  return new Map(entries)
}
