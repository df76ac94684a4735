import { Worker } from 'node:worker_threads'
import { type Logger, systemTimers } from '@dialtone/foundation'
import type { CheckpointedRecord, ServiceQuestion, ServiceTenant } from '@dialtone/softswitch'
import type { AuthorizationQuestion } from './remote-authorizer.ts'
import type { AnswerTo, FromWorker, RecordingNews, SwitchWorkerData, ToWorker, WorkerStatistics, WorkerTask } from './worker-protocol.ts'

export interface WorkerThreadUser {
  /** Everything but answers, log lines and statistics. */
  readonly onMessage: (
    message: Extract<
      FromWorker,
      {
        kind:
          | 'record'
          | 'memory'
          | 'recording'
          | 'emergencyCall'
          | 'carrierNews'
          | 'rulesUsed'
          | 'carrierRegistration'
          | 'bindings'
          | 'desk'
          | AuthorizationQuestion['kind']
      }
    >,
  ) => void
  /** The thread has ended, asked to or not; every message it sent came before. */
  readonly onExit: (thread: WorkerThread) => void
  readonly logger: Logger
  /** Starts the thread; by default the switch worker of this folder. */
  readonly spawnWorker?: ((data: SwitchWorkerData) => Worker) | undefined
}

/** One worker thread, as the main thread sees it. */
export class WorkerThread {
  readonly place: number
  /** Calls that go on in it, by the id of their record. */
  readonly openRecords = new Map<string, CheckpointedRecord>()
  /** What its calls have reserved. */
  readonly reservations = new Set<string>()
  /** Recordings its calls have begun. */
  readonly recordings = new Set<string>()
  /** Faxes its calls receive, with pages that were kept, and whose they are. */
  readonly faxes = new Map<string, ServiceTenant>()
  readonly #worker: Worker
  readonly #user: WorkerThreadUser
  readonly #asked = new Map<number, (answer: unknown) => void>()
  #lastTicket = 0
  #statistics: WorkerStatistics | undefined
  #hasEnded = false
  #heardAtMs = performance.now()

  constructor(data: SwitchWorkerData, user: WorkerThreadUser) {
    this.place = data.place
    this.#user = user
    this.#worker = (user.spawnWorker ?? spawnSwitchWorker)(data)
    this.#worker.on('message', (messages: readonly FromWorker[]) => {
      this.#heardAtMs = performance.now()
      for (const message of messages) this.#receive(message)
    })
    this.#worker.on('error', (error) => user.logger.error('a switch worker failed', { place: this.place, error }))
    this.#worker.on('exit', () => {
      this.#hasEnded = true
      for (const answer of [...this.#asked.values()]) answer(undefined)
      user.onExit(this)
    })
  }

  get statistics(): WorkerStatistics | undefined {
    return this.#statistics
  }

  /** How long a thread that serves has said nothing, in ms; it tells its statistics twice a second. */
  get silentMs(): number {
    return this.#statistics === undefined ? 0 : performance.now() - this.#heardAtMs
  }

  post(message: ToWorker): void {
    const transfer = message.kind === 'peer' ? [message.port] : []
    this.#worker.postMessage(message, transfer)
  }

  /** @returns undefined when the thread has ended or does not answer in time */
  ask<Task extends WorkerTask>(task: Task, limitMs: number): Promise<AnswerTo<Task> | undefined> {
    if (this.#hasEnded) return Promise.resolve(undefined)
    const ticket = ++this.#lastTicket
    return new Promise((resolve) => {
      const answer = (value: unknown): void => {
        timer.cancel()
        this.#asked.delete(ticket)
        resolve(value as AnswerTo<Task> | undefined)
      }
      const timer = systemTimers.start(limitMs, () => {
        this.#user.logger.error('a switch worker does not answer', { place: this.place, task: task.type, limitMs })
        answer(undefined)
      })
      this.#asked.set(ticket, answer)
      this.post({ kind: 'task', ticket, task })
    })
  }

  /** Resolves when the thread has ended. */
  async end(): Promise<void> {
    await this.#worker.terminate()
  }

  #receive(message: FromWorker): void {
    if (message.kind === 'answer') this.#asked.get(message.ticket)?.(message.answer)
    else if (message.kind === 'statistics') this.#statistics = message.statistics
    else if (message.kind === 'log') this.#user.logger[message.level](message.message, { ...message.fields, switchWorker: this.place })
    else {
      if (message.kind === 'record') this.#noteRecord(message.change, message.record)
      else if (message.kind === 'recording') this.#noteRecording(message)
      else if (message.kind === 'desk' && 'question' in message) this.#noteFax(message.tenant, message.question)
      else if (message.kind === 'authorize') this.reservations.add(message.request.reservationId)
      else if (message.kind === 'settle') this.reservations.delete(message.reservationId)
      this.#user.onMessage(message)
    }
  }

  #noteRecording(news: RecordingNews): void {
    if (news.type === 'begin') this.recordings.add(news.recording.recordingId)
    else if (news.type === 'end') this.recordings.delete(news.recordingId)
  }

  #noteFax(tenant: ServiceTenant, question: ServiceQuestion): void {
    if (question.kind === 'fax.page') this.faxes.set(question.faxId, tenant)
    else if (question.kind === 'fax.deposit') this.faxes.delete(question.faxId)
  }

  #noteRecord(change: 'checkpoint' | 'close', record: CheckpointedRecord): void {
    if (change === 'checkpoint') this.openRecords.set(record.id, record)
    else this.openRecords.delete(record.id)
  }
}

export function spawnSwitchWorker(data: SwitchWorkerData): Worker {
  return new Worker(new URL('./switch-worker.ts', import.meta.url), { workerData: data, name: `switch-${data.place}` })
}
