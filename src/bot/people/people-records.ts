import { z } from "zod";
import type { Namespace, Store } from "../store/store.ts";

const role = z.enum(["student", "assistant", "teacher"]);
const platform = z.enum(["discord", "slack", "web", "cli"]);
const account = z.strictObject({ platform, id: z.string().min(1), displayName: z.string() });

const personRecord = z.strictObject({
  id: z.string(),
  /** Given in the roster, over all platforms. */
  role,
  /** What each platform said last. */
  platformRoles: z.partialRecord(platform, role),
  accounts: z.array(account),
  canvas: z
    .strictObject({
      student: z.string(),
      id: z.string(),
      sisUserId: z.string(),
      sisLoginId: z.string(),
      section: z.string(),
    })
    .optional(),
  /** Set once, when this turned out to be the same person as another, who has everything from then on. */
  mergedInto: z.string().optional(),
});
export type PersonRecord = z.infer<typeof personRecord>;

const accountRecord = z.strictObject({ personId: z.string() });
const linkCodeRecord = z.strictObject({ personId: z.string(), expiresAt: z.number() });

export interface PeopleRecords {
  /** By `courseId/personId`. */
  readonly people: Namespace<PersonRecord>;
  /** By `courseId/platform/accountId`. */
  readonly accounts: Namespace<z.infer<typeof accountRecord>>;
  /** By `courseId/code`. */
  readonly linkCodes: Namespace<z.infer<typeof linkCodeRecord>>;
}

export function peopleRecords(store: Store): PeopleRecords {
  return {
    people: store.namespace("person", personRecord),
    accounts: store.namespace("account", accountRecord),
    linkCodes: store.namespace("link-code", linkCodeRecord),
  };
}
