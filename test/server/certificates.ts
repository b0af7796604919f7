// SPDX-License-Identifier: Apache-2.0
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { must } from '../support/command.ts'

/** Has openssl make a certificate and its key, NAME.pem and NAME.key, signed by another in the folder or by itself. */
export async function makeCertificate(
  folder: string,
  name: string,
  more: { readonly san?: string; readonly signer?: string } = {},
): Promise<void> {
  const file = (suffix: string): string => join(folder, `${name}${suffix}`)
  const run = (...args: string[]) => must('openssl', ...args)
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes']
  const subject = ['-subj', `/CN=${name}`, '-keyout', file('.key')]
  const { san = 'DNS:localhost,IP:127.0.0.1', signer } = more
  if (signer === undefined) {
    await run(
      'req',
      '-x509',
      ...key,
      ...subject,
      '-out',
      file('.pem'),
      '-days',
      '2',
      '-addext',
      `subjectAltName=${san}`,
    )
    return
  }
  await run('req', ...key, ...subject, '-out', file('.csr'))
  await writeFile(file('.ext'), `subjectAltName=${san}\n`)
  const ca = ['-CA', join(folder, `${signer}.pem`), '-CAkey', join(folder, `${signer}.key`)]
  await run(
    'x509',
    '-req',
    '-in',
    file('.csr'),
    ...ca,
    '-CAcreateserial',
    '-days',
    '2',
    '-extfile',
    file('.ext'),
    '-out',
    file('.pem'),
  )
}
