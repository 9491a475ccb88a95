/**
 * ONNX Runtime's builds from 1.29 on write an identifier of the machine into the user's cache and report sessions and
 * models to Microsoft, unless this stands in the process's environment before a thread loads the library.
 * https://github.com/microsoft/onnxruntime/pull/27379
 */
process.env.ORT_DISABLE_TELEMETRY = "1";
