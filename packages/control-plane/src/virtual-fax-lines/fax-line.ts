/** Faxes to it come as mail with a document. */
export interface VirtualFaxLine {
  readonly name: string
  /** Every fax goes to all of them; none is a line that is not used yet. */
  readonly emailAddresses: readonly string[]
  /** Of the mails. */
  readonly languageTag: string
}
