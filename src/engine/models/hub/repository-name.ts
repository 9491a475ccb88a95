import { EngineError } from "../../errors.ts";

/** A model repository of the Hub, and which state of it. */
export interface RepositoryName {
  /** "organisation/name", or a name alone for a few old ones. */
  readonly id: string;
  /** A branch, a tag or a commit. */
  readonly revision: string;
}

/** The Hub's own rule: letters, digits, "-", "_" and "."; no "..", no "--", no dot or dash at the ends. */
const PART = /^(?!.*(?:\.\.|--))[A-Za-z0-9_](?:[\w.-]{0,94}[A-Za-z0-9_])?$/;

/**
 * Reads "organisation/name" or "organisation/name@revision".
 * @throws {EngineError} "hub-name"
 */
export function parseRepositoryName(text: string): RepositoryName {
  const [id = "", revision = "main", ...more] = text.split("@");
  const parts = id.split("/");
  const isName = parts.length <= 2 && parts.every((part) => PART.test(part));
  const isRevision =
    /^[\w./-]{1,100}$/.test(revision) && !revision.includes("..") && !revision.startsWith("/");
  if (more.length === 0 && isName && isRevision) return { id, revision };
  throw new EngineError(
    "hub-name",
    `"${text}" is no name of a model on the Hub. It is organisation/name, as in onnx-community/gpt2-ONNX, with @revision behind it where not the newest state is wanted.`,
    { given: text },
  );
}

/** Whether `parseRepositoryName` takes it. */
export function isRepositoryName(text: string): boolean {
  try {
    parseRepositoryName(text);
    return true;
  } catch {
    return false;
  }
}
