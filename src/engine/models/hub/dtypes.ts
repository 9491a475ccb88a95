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

/** How many times a file's size its weights take in memory: a CPU widens half precision to float32. */
export function memoryFactor(dtype: Dtype): number {
  return dtype === "fp16" || dtype === "q4f16" ? 2 : 1;
}
