/**
 * Gives an array's memory back at once. Buffers outside the heap count towards V8's garbage collections, so
 * leaving a step's megabytes to them would cost a full collection every few steps. All views of it become empty.
 */
export function release(array: Float32Array): void {
  if (array.byteLength > 0) (array.buffer as ArrayBuffer).transfer(0);
}
