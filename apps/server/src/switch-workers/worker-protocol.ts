import type { MessagePort } from 'node:worker_threads'
import type { CallPlaneChange } from '@dialtone/control-plane'
import type { LogFields, Result, Use } from '@dialtone/foundation'
import type { MediaSide, MediaStatistics } from '@dialtone/media'
import type { ListenFailure, ListeningAddress, SipStatistics } from '@dialtone/sip'
import type {
  CallAuthorization,
  CallDoor,
  CallEvent,
  CallRecord,
  CarrierNews,
  CarrierRegistration,
  CheckpointedRecord,
  EmergencyCall,
  LeftLeg,
  MemoryChange,
  MessageCounts,
  NewRecording,
  RememberedFact,
  SoftswitchStatistics,
  StoredBinding,
} from '@dialtone/softswitch'
import type { LogLevel } from '../configuration/index.ts'
import type { SwitchSettings } from './compose-switch.ts'
import type { DecidedBindings } from './message-lane.ts'
import type { AuthorizationQuestion } from './remote-authorizer.ts'
import type { DeskAnswer, DeskQuestion } from './remote-service-desk.ts'

/** What a worker is told at its birth. */
export interface SwitchWorkerData {
  /** With the part of the media ports that is this worker's. */
  readonly settings: SwitchSettings
  readonly place: number
  readonly count: number
  readonly logLevel: LogLevel
  /** Where all workers count their calls; undefined: it is alone. */
  readonly occupancy: SharedArrayBuffer | undefined
  /** The main thread has a desk for services. */
  readonly hasServices: boolean
  /** The main thread keeps the sound of calls. */
  readonly hasRecorder: boolean
}

/** One end of a lane; `memory` and `side` as in `MessageLane`. */
export interface PeerMessage {
  readonly kind: 'peer'
  readonly place: number
  readonly port: MessagePort
  readonly memory: SharedArrayBuffer
  readonly side: 0 | 1
}

/** One call of a function of `Softswitch.calls`. */
export type DoorQuestion = { readonly [Name in keyof CallDoor]: { readonly name: Name; readonly args: Parameters<CallDoor[Name]> } }[keyof CallDoor]

/** What a worker is asked to do, and what it answers. */
export interface WorkerTasks {
  /** Opens media, and SIP on these ports; 0: any free one. */
  listen: { readonly task: { readonly port: number; readonly tlsPort: number }; readonly answer: Result<ListeningAddress, ListenFailure> }
  show: { readonly task: { readonly change: CallPlaneChange }; readonly answer: undefined }
  drop: { readonly task: { readonly lineId: string; readonly atMs: number; readonly from: readonly string[] | undefined }; readonly answer: undefined }
  /** What is asked of the switch's own door, by the name of the question. */
  ask: { readonly task: { readonly question: DoorQuestion }; readonly answer: ReturnType<CallDoor[keyof CallDoor]> }
  lamp: { readonly task: { readonly lineId: string; readonly counts: MessageCounts }; readonly answer: undefined }
  /** Nothing: what the worker told before its answer has come before it. */
  keepOrder: { readonly task: object; readonly answer: true }
  activeCalls: { readonly task: object; readonly answer: readonly CallRecord[] }
  traceOf: { readonly task: { readonly sessionId: string }; readonly answer: readonly CallEvent[] | undefined }
  stop: { readonly task: { readonly drainMs: number }; readonly answer: undefined }
}

export type WorkerTask = { readonly [Kind in keyof WorkerTasks]: { readonly type: Kind } & WorkerTasks[Kind]['task'] }[keyof WorkerTasks]
export type AnswerTo<Task extends WorkerTask> = WorkerTasks[Task['type']]['answer']

export type ToWorker =
  | PeerMessage
  /** Before `listen`: the bindings all workers know, and what an earlier switch remembered of this one's accounts. */
  | { readonly kind: 'restore'; readonly bindings: readonly StoredBinding[]; readonly atMs: number; readonly facts: readonly RememberedFact[] }
  /** The worker that was there has ended, and its connections with it. */
  | { readonly kind: 'placeLost'; readonly place: number }
  /** Registers at carriers and asks their gateways from now on. */
  | { readonly kind: 'keepCarriers' }
  | { readonly kind: 'carrierNews'; readonly news: CarrierNews }
  /** Of a line of this worker's accounts, by a call in another one. */
  | { readonly kind: 'recall'; readonly fact: RememberedFact }
  /** Of a switch that died. */
  | { readonly kind: 'hangUpLeft'; readonly legs: readonly LeftLeg[] }
  | DeskAnswer
  | { readonly kind: 'authorized'; readonly ticket: number; readonly authorization: CallAuthorization }
  | { readonly kind: 'task'; readonly ticket: number; readonly task: WorkerTask }

export interface WorkerStatistics {
  readonly softswitch: SoftswitchStatistics
  readonly sip: SipStatistics
  readonly media: MediaStatistics
  readonly mediaReady: boolean
  readonly handOversLost: number
}

/** What a switch in a worker tells the recorder. */
export type RecordingNews = { readonly kind: 'recording' } & (
  | { readonly type: 'begin'; readonly recording: NewRecording }
  | { readonly type: 'write'; readonly recordingId: string; readonly side: MediaSide; readonly pcm: Uint8Array }
  | { readonly type: 'end'; readonly recordingId: string }
)

export type FromWorker =
  | { readonly kind: 'answer'; readonly ticket: number; readonly answer: unknown }
  | { readonly kind: 'memory'; readonly change: MemoryChange }
  | { readonly kind: 'record'; readonly change: 'checkpoint' | 'close'; readonly record: CheckpointedRecord }
  | RecordingNews
  | AuthorizationQuestion
  | DeskQuestion
  | { readonly kind: 'emergencyCall'; readonly call: EmergencyCall }
  | { readonly kind: 'carrierNews'; readonly news: CarrierNews }
  | { readonly kind: 'rulesUsed'; readonly uses: readonly Use[] }
  | { readonly kind: 'carrierRegistration'; readonly registration: CarrierRegistration }
  | DecidedBindings
  | { readonly kind: 'statistics'; readonly statistics: WorkerStatistics }
  | { readonly kind: 'log'; readonly level: Exclude<LogLevel, 'silent'>; readonly message: string; readonly fields: LogFields | undefined }
