import { isObject } from "../json.ts";
import { LIMITS } from "../limits.ts";
import { checkBlocks } from "./layout.ts";
import { checkText, PLAIN } from "./objects.ts";
import type { Problems } from "./problem.ts";
import { checkShape, checkString } from "./shape.ts";

/** Checks a modal or a home tab. An empty list means nothing is wrong. */
export function checkView(value: unknown, pointer: string, type: "modal" | "home"): Problems {
  const problems: Problems = [];
  if (!isObject(value)) return [{ message: "must be an object", pointer }];
  if (value.type !== type) {
    problems.push({ message: `unsupported type: ${String(value.type)}`, pointer: `${pointer}/type` });
    return problems;
  }
  const shared = ["private_metadata", "callback_id", "external_id"];
  checkShape(
    value,
    pointer,
    type === "modal"
      ? {
          required: ["title", "blocks"],
          optional: [...shared, "submit", "close", "clear_on_close", "notify_on_close", "submit_disabled"],
        }
      : { required: ["blocks"], optional: shared },
    problems,
  );
  checkString(value.callback_id, `${pointer}/callback_id`, LIMITS.view.callbackId, problems, 0);
  checkString(value.external_id, `${pointer}/external_id`, LIMITS.view.externalId, problems, 0);
  checkString(
    value.private_metadata,
    `${pointer}/private_metadata`,
    LIMITS.view.privateMetadata,
    problems,
    0,
  );
  if (type === "modal") {
    checkText(value.title, `${pointer}/title`, LIMITS.view.title, PLAIN, problems);
    checkText(value.submit, `${pointer}/submit`, LIMITS.view.submit, PLAIN, problems);
    checkText(value.close, `${pointer}/close`, LIMITS.view.close, PLAIN, problems);
    const hasInput =
      Array.isArray(value.blocks) && value.blocks.some((b) => isObject(b) && b.type === "input");
    if (hasInput && value.submit === undefined) {
      problems.push({ message: "missing required field: submit", pointer });
    }
  }
  problems.push(...checkBlocks(value.blocks, `${pointer}/blocks`, type));
  return problems;
}
