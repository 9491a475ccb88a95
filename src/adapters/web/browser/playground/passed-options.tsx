import { param, setParams } from "./params.ts";

/** Options that a link may set and a tool has no field for: their names in the address, and the command's. */
export type PassedOptions = Readonly<Record<string, string>>;

/** Those that are set, under the command's names. */
export function passed(options: PassedOptions): Record<string, string> {
  return Object.fromEntries(
    Object.entries(options).flatMap(([name, option]) => (param(name) === "" ? [] : [[option, param(name)]])),
  );
}

/** Shows what is set beyond the fields, and takes it out again. */
export function PassedNote({ options }: { readonly options: PassedOptions }) {
  const given = Object.entries(options).filter(([name]) => param(name) !== "");
  if (given.length === 0) return null;
  return (
    <ul class="passed" aria-label="Also set by the link">
      {given.map(([name, option]) => (
        <li key={name}>
          {option} <bdi>{param(name)}</bdi>
          <button type="button" class="plain" onClick={() => setParams({ [name]: "" })}>
            Remove<span class="visually-hidden"> {option}</span>
          </button>
        </li>
      ))}
    </ul>
  );
}
