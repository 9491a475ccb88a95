import { isObject, type Json } from "../json.ts";
import { LIMITS } from "../limits.ts";
import type { Problems } from "./problem.ts";
import { checkRichText } from "./rich-text.ts";
import { checkList, checkOneOf, checkShape, checkString } from "./shape.ts";

/** A table block: rows of raw_text, raw_number or rich_text cells. */
export function checkTable(block: Json, pointer: string, problems: Problems): void {
  let characters = 0;
  const rows = checkList(block.rows, `${pointer}/rows`, LIMITS.table.rows, problems);
  for (const [row, cells] of rows.entries()) {
    const at = `${pointer}/rows/${row}`;
    for (const [column, cell] of checkList(cells, at, LIMITS.table.columns, problems).entries()) {
      const here = `${at}/${column}`;
      const type = isObject(cell) ? cell.type : undefined;
      if (!isObject(cell)) problems.push({ message: "must be an object", pointer: here });
      else if (type === "raw_text") {
        checkShape(cell, here, { required: ["text"] }, problems);
        if (checkString(cell.text, `${here}/text`, LIMITS.table.total, problems))
          characters += cell.text.length;
      } else if (type === "rich_text") checkRichText(cell.elements, `${here}/elements`, problems);
      else problems.push({ message: `unsupported type: ${String(type)}`, pointer: `${here}/type` });
    }
  }
  if (characters > LIMITS.table.total) {
    problems.push({
      message: `must be less than ${LIMITS.table.total + 1} characters`,
      pointer: `${pointer}/rows`,
    });
  }
  const settings = checkList(
    block.column_settings,
    `${pointer}/column_settings`,
    LIMITS.table.columns,
    problems,
    0,
  );
  for (const [index, setting] of settings.entries()) {
    if (setting === null) continue;
    const at = `${pointer}/column_settings/${index}`;
    const shape = checkShape(setting, at, { required: [], optional: ["align", "is_wrapped"] }, problems);
    checkOneOf(shape?.align, `${at}/align`, ["left", "center", "right"], problems);
  }
}
