/** Why a fax ended. */
export type FaxEndReason =
  | 'Completed'
  /** Nobody answered what a fax machine says. */
  | 'NoFaxMachine'
  /** The line is too bad for pictures, or the sender sends what no fax machine may. */
  | 'TrainingFailed'
  | 'UnsupportedDocument'
  /** Nothing came any more in the middle of it. */
  | 'SenderLost'
  /** The sender said that it stops (DCN) before the last page was confirmed. */
  | 'SenderStopped'
  /** The call ended before. */
  | 'CallEnded'
  /** A page could not be kept, so it was not confirmed either. */
  | 'NotKept'
  | 'TooManyPages'
  | 'TooLarge'
  | 'TooLong'
  /** Of a fax we send: as above, of who is to receive it. */
  | 'ReceiverLost'
  | 'ReceiverStopped'
  /** It found a page too bad to keep (RTN), however often it was sent. */
  | 'PageRefused'
