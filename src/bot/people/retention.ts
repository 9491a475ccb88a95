import { z } from "zod";
import { setDeadline } from "../activities/deadlines.ts";
import type { Services } from "../context.ts";
import type { Namespace, Store } from "../store/store.ts";
import { deletePerson } from "./personal-data.ts";

const retentionRecord = z.strictObject({
  /** Students' data are deleted at this time. */
  until: z.number(),
  setBy: z.string(),
  setAt: z.number(),
  /** When they were. */
  doneAt: z.number().optional(),
});
export type RetentionRecord = z.infer<typeof retentionRecord>;

/** By courseId: the end of a course's term. */
export function retentionRecords(store: Store): Namespace<RetentionRecord> {
  return store.namespace("retention", retentionRecord);
}

type RetentionServices = Pick<Services, "store" | "clock" | "log" | "courses" | "roster">;

/** At start, and after each change: sets the timer for the end of each course's term; what is due is done. */
export async function resumeRetention(services: RetentionServices): Promise<void> {
  for (const { id } of services.courses.all()) {
    const record = await retentionRecords(services.store).get(id);
    const at = record?.doneAt === undefined ? record?.until : undefined;
    setDeadline(services.store, services.clock, `retention/${id}`, at, () => {
      endTerm(services, id).catch((error: unknown) => {
        services.log.error(
          { err: error, course: id },
          "the data of a term that is over could not be deleted",
        );
      });
    });
  }
}

/**
 * Deletes all students of a course with everything of theirs, roster lines included; staff stay.
 * Stopped in its midst, it is finished at the next start.
 */
async function endTerm(services: RetentionServices, courseId: string): Promise<void> {
  const { store, clock, roster, log } = services;
  const records = retentionRecords(store);
  const record = await records.get(courseId);
  if (!record || record.doneAt !== undefined) return;
  if (record.until > clock.now()) return resumeRetention(services);
  let deleted = 0;
  for await (const { id, role } of roster.entries(courseId)) {
    if (role !== "student") continue;
    await deletePerson(store, courseId, id, { rosterLine: true });
    deleted++;
  }
  await records.compareAndSet(courseId, record, { ...record, doneAt: clock.now() });
  log.info({ course: courseId, people: deleted }, "the term is over; students' data are deleted");
}
