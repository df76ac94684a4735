/** Tells the bench that this program is ready, and ends it when the bench is gone. */
export function tellReady(facts: object): void {
  process.on('disconnect', () => process.exit(0))
  process.on('SIGTERM', () => process.exit(0))
  process.send?.(facts)
}

/** Answers every question of the bench, one after the other. */
export function answerQuestions(answer: (question: unknown) => unknown): void {
  process.on('message', (question) => {
    void Promise.resolve(answer(question)).then((reply) => process.send?.(reply as string))
  })
}
