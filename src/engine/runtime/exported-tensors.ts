import { type InferenceSession, Tensor } from "onnxruntime-node";

export interface TensorForm {
  /** "float32", "int64", … */
  readonly type: string;
  /** A name where a size is open. */
  readonly shape: readonly (number | string)[];
}

/** Type and shape of a session's inputs or outputs, by name. */
export function dimsOf(metadata: readonly InferenceSession.ValueMetadata[]): ReadonlyMap<string, TensorForm> {
  return new Map(
    metadata.flatMap((value) =>
      value.isTensor ? [[value.name, { type: value.type, shape: value.shape }]] : [],
    ),
  );
}

/** A tensor of float32 or float16, as the graph wants it. */
export function floatTensor(type: string, values: Float32Array, dims: readonly number[]): Tensor {
  if (type === "float32") return new Tensor(type, values, dims);
  const bits = new Uint16Array(Float16Array.from(values).buffer);
  // The tensor's class makes a Float16Array of them where the language has one, which the native part does not read
  // (onnxruntime-node 1.30); so the bits are put back.
  return Object.defineProperty(new Tensor("float16", bits, dims), "data", { value: bits });
}

/** The values of a tensor of float32 or float16 in float32. */
export function float32Of({ data }: Tensor): Float32Array {
  if (data instanceof Float32Array) return data;
  if (data instanceof Uint16Array)
    return Float32Array.from(new Float16Array(data.buffer, data.byteOffset, data.length));
  return Float32Array.from(data as unknown as Float16Array);
}
