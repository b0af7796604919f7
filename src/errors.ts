// SPDX-License-Identifier: Apache-2.0

/** Codes of the errors that users meet; README lists them, and they are never renamed. */
export type ErrorCode =
  | 'USAGE' // the command line is wrong
  | 'SETTINGS' // the settings are wrong; every mistake is listed with its place
  | 'ADDON_MISSING' // there is no native addon for this machine
  | 'LIBPCAP_MISSING' // filters need libpcap, which is not installed
  | 'CAP_MISSING' // `--source libpcap` needs the npm package cap, which is not installed
  | 'INTERFACE_MISSING' // no such interface, or none by default
  | 'INTERFACE_GONE' // the interface vanished while it was counted
  | 'INTERFACE_DOWN' // the interface went down, which ended its capture by libpcap
  | 'CAPABILITY_MISSING' // the process lacks a capability, which the message names
  | 'KERNEL_UNSUPPORTED' // the kernel cannot do what was asked
  | 'BPF_LOAD' // the kernel refused the program or its maps
  | 'BPF_ATTACH' // the program could not be attached
  | 'MEMORY_BUDGET' // the tables do not fit into `kernel_memory`
  | 'GROUP_LIMIT' // more counter groups than a source can count
  | 'SOCKET_OPEN' // the packet socket could not be opened
  | 'PCAP_OPEN' // the capture file could not be read
  | 'PCAP_FORMAT' // the file is no capture, or of a kind that is not known
  | 'PCAP_TRUNCATED' // the capture ends inside a record
  | 'STATE_WRITE' // what detectors learned could not be written to where it was to be kept
  | 'PINS_BUSY' // another process has the directory of pins
  | 'TOOL_MISSING' // promtool or prometheus is not installed
  | 'RULES' // the rule file is wrong, or Prometheus cannot evaluate it
  | 'LISTEN' // the address to listen on could not be taken

/** A user's mistake or the machine's refusal: message says what, where and what to do; printed without a stack. */
export class PktspotError extends Error {
  readonly code: ErrorCode

  constructor(code: ErrorCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'PktspotError'
    this.code = code
  }
}

/** Raised by a source. */
export class CaptureError extends PktspotError {
  override readonly name = 'CaptureError'
}
