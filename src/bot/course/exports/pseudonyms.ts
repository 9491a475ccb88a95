import { z } from "zod";
import { shortId } from "../../short-id.ts";
import type { Namespace, Store } from "../../store/store.ts";

const pseudonymRecord = z.strictObject({ pseudonym: z.string() });

/** By `courseId/personId`. The only place that joins the two; without it, exports made before name nobody. */
export function pseudonymRecords(store: Store): Namespace<z.infer<typeof pseudonymRecord>> {
  return store.namespace("pseudonym", pseudonymRecord);
}

/** A person's pseudonym in a course: drawn once, the same in every export until the person is deleted. */
export async function pseudonymOf(store: Store, courseId: string, personId: string): Promise<string> {
  const { pseudonym } = await pseudonymRecords(store).update(
    `${courseId}/${personId}`,
    (known) => known ?? { pseudonym: `P-${shortId(8)}` },
  );
  return pseudonym;
}
