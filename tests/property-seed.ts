import fc from "fast-check";

/** The same cases in every run, so that a red run means a change; PROPERTY_SEED=… looks for new ones. */
fc.configureGlobal({ seed: Number(process.env.PROPERTY_SEED ?? 20_250_417) });
