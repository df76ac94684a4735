/** What kind of call a leg is, in the words of the CDR. */
export type CallCategory =
  | 'OnNet'
  | 'OffNet'
  | 'Emergency'
  | 'EmergencyServicesVerification'
  | 'DirectoryAssistance'
  | 'Operator'
  | 'NonEmergencyServices'
  | 'PublicServices'
  | 'TeleRelayService'
  | 'Other'
  | 'NotResolved'
