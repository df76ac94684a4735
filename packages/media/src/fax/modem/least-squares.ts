/** A matrix that is its own conjugate transposed, and a vector: what the taps of an equalizer have to solve. */
export class NormalEquations {
  readonly #size: number
  readonly #real: Float64Array
  readonly #imaginary: Float64Array
  readonly #sideReal: Float64Array
  readonly #sideImaginary: Float64Array

  constructor(size: number) {
    this.#size = size
    this.#real = new Float64Array(size * size)
    this.#imaginary = new Float64Array(size * size)
    this.#sideReal = new Float64Array(size)
    this.#sideImaginary = new Float64Array(size)
  }

  /** What was heard, from `from` on, and what it should have come to. */
  add(heardReal: Float64Array, heardImaginary: Float64Array, from: number, wantedReal: number, wantedImaginary: number): void {
    const size = this.#size
    for (let row = 0; row < size; row++) {
      // The conjugate of it.
      const [real, imaginary] = [heardReal[from + row] ?? 0, -(heardImaginary[from + row] ?? 0)]
      this.#sideReal[row] = (this.#sideReal[row] ?? 0) + real * wantedReal - imaginary * wantedImaginary
      this.#sideImaginary[row] = (this.#sideImaginary[row] ?? 0) + real * wantedImaginary + imaginary * wantedReal
      for (let column = 0; column <= row; column++) {
        const [otherReal, otherImaginary] = [heardReal[from + column] ?? 0, heardImaginary[from + column] ?? 0]
        const place = row * size + column
        this.#real[place] = (this.#real[place] ?? 0) + real * otherReal - imaginary * otherImaginary
        this.#imaginary[place] = (this.#imaginary[place] ?? 0) + real * otherImaginary + imaginary * otherReal
      }
    }
  }

  /** By the method of Cholesky. @param loading what is added to the diagonal, as a share of it: noise in the band where nothing was heard */
  solve(loading: number): { readonly real: Float64Array; readonly imaginary: Float64Array } {
    const size = this.#size
    const real = this.#real
    let trace = 0
    for (let row = 0; row < size; row++) trace += real[row * (size + 1)] ?? 0
    for (let row = 0; row < size; row++) real[row * (size + 1)] = (real[row * (size + 1)] ?? 0) + (trace / size) * loading
    for (let column = 0; column < size; column++) this.#eliminate(column)
    this.#substituteForwards()
    this.#substituteBackwards()
    return { real: this.#sideReal, imaginary: this.#sideImaginary }
  }

  #eliminate(column: number): void {
    const size = this.#size
    const [real, imaginary] = [this.#real, this.#imaginary]
    for (let row = column; row < size; row++) {
      let [sumReal, sumImaginary] = [real[row * size + column] ?? 0, imaginary[row * size + column] ?? 0]
      for (let before = 0; before < column; before++) {
        const [oneReal, oneImaginary] = [real[row * size + before] ?? 0, imaginary[row * size + before] ?? 0]
        const [otherReal, otherImaginary] = [real[column * size + before] ?? 0, imaginary[column * size + before] ?? 0]
        sumReal -= oneReal * otherReal + oneImaginary * otherImaginary
        sumImaginary -= oneImaginary * otherReal - oneReal * otherImaginary
      }
      const pivot = row === column ? Math.sqrt(Math.max(sumReal, Number.MIN_VALUE)) : (real[column * size + column] ?? 1)
      real[row * size + column] = row === column ? pivot : sumReal / pivot
      imaginary[row * size + column] = row === column ? 0 : sumImaginary / pivot
    }
  }

  #substituteForwards(): void {
    const size = this.#size
    for (let row = 0; row < size; row++) {
      let [sumReal, sumImaginary] = [this.#sideReal[row] ?? 0, this.#sideImaginary[row] ?? 0]
      for (let column = 0; column < row; column++) {
        const [real, imaginary] = [this.#real[row * size + column] ?? 0, this.#imaginary[row * size + column] ?? 0]
        const [doneReal, doneImaginary] = [this.#sideReal[column] ?? 0, this.#sideImaginary[column] ?? 0]
        sumReal -= real * doneReal - imaginary * doneImaginary
        sumImaginary -= real * doneImaginary + imaginary * doneReal
      }
      this.#settle(row, sumReal, sumImaginary)
    }
  }

  #substituteBackwards(): void {
    const size = this.#size
    for (let row = size - 1; row >= 0; row--) {
      let [sumReal, sumImaginary] = [this.#sideReal[row] ?? 0, this.#sideImaginary[row] ?? 0]
      for (let below = row + 1; below < size; below++) {
        const [real, imaginary] = [this.#real[below * size + row] ?? 0, -(this.#imaginary[below * size + row] ?? 0)]
        const [doneReal, doneImaginary] = [this.#sideReal[below] ?? 0, this.#sideImaginary[below] ?? 0]
        sumReal -= real * doneReal - imaginary * doneImaginary
        sumImaginary -= real * doneImaginary + imaginary * doneReal
      }
      this.#settle(row, sumReal, sumImaginary)
    }
  }

  #settle(row: number, sumReal: number, sumImaginary: number): void {
    const pivot = this.#real[row * (this.#size + 1)] ?? 1
    this.#sideReal[row] = sumReal / pivot
    this.#sideImaginary[row] = sumImaginary / pivot
  }
}
