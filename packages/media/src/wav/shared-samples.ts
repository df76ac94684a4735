/** Samples where every session can play them at once: what an AudioClip takes. */
export function sharedSamples(samples: Int16Array): SharedArrayBuffer {
  const shared = new SharedArrayBuffer(samples.byteLength)
  new Int16Array(shared).set(samples)
  return shared
}
