import { readAddedModels } from "../../engine/models/hub/added-models.ts";
import { parseRepositoryName } from "../../engine/models/hub/repository-name.ts";
import { download, type ModelsRequest } from "./models-command.ts";

/**
 * Downloads the models that `hubModels` in cloze.yaml names and that are not there yet, one after another.
 * @param only Just this one, when it is among them.
 * @param onProblem Told what went wrong with one; the next is tried all the same.
 */
export async function fetchConfigured(
  request: Pick<ModelsRequest, "hub" | "listPath" | "say" | "signal">,
  names: readonly string[],
  onProblem: (error: unknown) => void,
  only?: string,
): Promise<void> {
  for (const name of names) {
    const { id } = parseRepositoryName(name);
    if (only !== undefined && only !== id) continue;
    try {
      const isThere = readAddedModels(request.listPath).some(({ description }) => description.id === id);
      if (!isThere) await download(request, name);
    } catch (error) {
      if (request.signal.aborted) return;
      onProblem(error);
    }
  }
}
