import { z } from "zod";
import { itemsFileSchema, objectivesFileSchema } from "./item-schema.ts";

/** The JSON Schemas that editors use for course files, by file name in the course folder. */
export function courseJsonSchemas(): Readonly<Record<string, unknown>> {
  return {
    "items.schema.json": z.toJSONSchema(itemsFileSchema, { io: "input" }),
    "objectives.schema.json": z.toJSONSchema(objectivesFileSchema, { io: "input" }),
  };
}
