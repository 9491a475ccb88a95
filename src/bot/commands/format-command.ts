/**
 * A command as one would type it, so that a result can be made again: `/generate prompt:"The nice woman" seed:7`.
 * @param options By kebab-case name; undefined values are left out.
 */
export function formatCommand(name: string, options: Readonly<Record<string, unknown>>): string {
  const parts = Object.entries(options)
    .filter(([, value]) => value !== undefined)
    .map(([option, value]) => `${option}:${quote(String(value))}`);
  return [`/${name}`, ...parts].join(" ");
}

function quote(value: string): string {
  if (value !== "" && !/[\s":|\\“”„«»]/.test(value)) return value;
  return `"${value.replaceAll("\\", "\\\\").replaceAll('"', '\\"')}"`;
}
