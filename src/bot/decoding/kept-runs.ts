import { z } from "zod";
import type { Context } from "../context.ts";
import { UserError } from "../errors.ts";
import { newRecordId } from "../store/record-id.ts";
import type { Namespace } from "../store/store.ts";

/** A finished run of a decoding command, kept so that its buttons work after a restart. */
const keptRun = z.object({
  personId: z.string(),
  courseId: z.string(),
  /** Checked option values by key. */
  options: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])),
});

function runs({ store }: Pick<Context, "store">): Namespace<z.infer<typeof keptRun>> {
  return store.namespace("decoding-runs", keptRun);
}

/** @returns the record id for the buttons. */
export async function keepRun(
  context: Pick<Context, "store">,
  run: { personId: string; courseId: string; options: Readonly<Record<string, unknown>> },
): Promise<string> {
  const id = newRecordId();
  const options = Object.fromEntries(Object.entries(run.options).filter(([, value]) => value !== undefined));
  await runs(context).set(id, { ...run, options: options as z.infer<typeof keptRun>["options"] });
  return id;
}

/** The options of a kept run, as the command's handler takes them. */
export async function keptOptions<T>(context: Pick<Context, "store">, record: string): Promise<T> {
  const run = await runs(context).get(record);
  if (!run) {
    throw new UserError(
      "run-unknown",
      "This result is no longer kept, so its buttons do nothing. Run the command again.",
    );
  }
  return run.options as T;
}
