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
  return type === "float16"
    ? // ONNX Runtime takes a Float16Array; its types, older than the array, do not know it.
      new Tensor("float16", Float16Array.from(values) as unknown as Uint16Array, dims)
    : new Tensor("float32", values, dims);
}

/** The values of a tensor of float32 or float16 in float32. */
export function float32Of({ data }: Tensor): Float32Array {
  if (data instanceof Float32Array) return data;
  if (data instanceof Uint16Array)
    return Float32Array.from(new Float16Array(data.buffer, data.byteOffset, data.length));
  return Float32Array.from(data as unknown as Float16Array);
}
