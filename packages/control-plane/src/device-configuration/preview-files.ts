import { type PhoneConfiguration, vendorOf } from '../phone-files/index.ts'
import { isSealedName } from './encrypt-file.ts'
import { MASK, shownSettings } from './shown-settings.ts'

export interface PreviewedFile {
  readonly name: string
  readonly purpose: string
  readonly content: string
}

/** Every file a device is given, each under one of its names, in the order its phone asks. @param userAgent what it called itself last */
export function previewFiles(phone: PhoneConfiguration, userAgent: string): readonly PreviewedFile[] {
  return vendorOf(phone.deviceTypeId, userAgent).files.flatMap((rule) => {
    const name = typeof rule.name === 'string' ? rule.name : rule.example
    if (rule.render === undefined || name === undefined) return []
    // Without a key there is nothing under a name that says that it is encrypted.
    if (isSealedName(name) && phone.source.encryptionKey === undefined) return []
    return [{ name: name.replaceAll('{mac}', phone.macAddress), purpose: rule.purpose, content: rule.render(phone) }]
  })
}

/** For eyes that may not see credentials (C-52): nothing of it opens anything. */
export function withoutSecrets(phone: PhoneConfiguration): PhoneConfiguration {
  return {
    ...phone,
    adminPassword: phone.adminPassword === undefined ? undefined : MASK,
    settings: { ...phone.settings, ...shownSettings({ parameters: phone.settings.parameters, firmware: phone.settings.firmware }, false) },
    lines: phone.lines.map((line) => ({ ...line, password: MASK })),
    source: {
      url: phone.source.url.replace(/\/provision\/[^/]+\//, `/provision/${MASK}/`),
      encryptionKey: phone.source.encryptionKey === undefined ? undefined : MASK,
    },
  }
}
