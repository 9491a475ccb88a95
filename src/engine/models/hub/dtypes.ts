/** File name suffixes of the quantisations, as transformers.js names them (its `utils/dtypes.js`). */
export const DTYPE_SUFFIX = {
  fp32: "",
  fp16: "_fp16",
  q8: "_quantized",
  int8: "_int8",
  uint8: "_uint8",
  q4: "_q4",
  q4f16: "_q4f16",
  bnb4: "_bnb4",
} as const;

export type Dtype = keyof typeof DTYPE_SUFFIX;
export const DTYPES = Object.keys(DTYPE_SUFFIX) as readonly Dtype[];

/** What is taken when nobody chooses: small and fast on a CPU first; half precision last, which CPUs widen. */
export const DTYPE_PREFERENCE: readonly Dtype[] = [
  "q8",
  "int8",
  "uint8",
  "q4",
  "fp32",
  "bnb4",
  "fp16",
  "q4f16",
];

/**
 * How many times a file's size the process grows when it is loaded: ONNX Runtime keeps its weights a second time, laid
 * out for its products. Measured with SmolLM2 135M: float32 539 MB → 1,170 MB, 8-bit 137 MB → 395 MB. Half precision
 * is widened to float32 on a CPU, so it counts double.
 */
export function memoryFactor(dtype: Dtype): number {
  if (dtype === "fp32") return 2.2;
  return dtype === "fp16" || dtype === "q4f16" ? 4.4 : 2.9;
}
