import { EngineError } from "../../errors.ts";
import type { ModelDescription } from "../catalogue.ts";
import { DTYPE_PREFERENCE, DTYPE_SUFFIX, DTYPES, type Dtype } from "./dtypes.ts";
import { GRAPH_NAMES, type GraphRole } from "./graph-files.ts";
import type { TransformersConfig } from "./hub-config.ts";
import type { HubFile } from "./hub-files.ts";

/** What a repository is, by its config.json. */
export type HubFamily = Extract<
  ModelDescription["family"],
  "decoder-only" | "encoder-only" | "encoder-decoder"
>;

const ROLES: Record<HubFamily, readonly GraphRole[]> = {
  "decoder-only": ["decoder"],
  "encoder-only": ["encoder"],
  "encoder-decoder": ["encoder", "decoder"],
};

/** Read beside the graphs where they are there; nothing else of a repository is ever fetched. */
const NEEDED = ["config.json", "tokenizer.json"];
const USEFUL = [
  "generation_config.json",
  "tokenizer_config.json",
  "chat_template.jinja",
  "1_Pooling/config.json",
  "sentence_bert_config.json",
];

export interface ChosenFiles {
  readonly dtype: Dtype;
  readonly files: readonly HubFile[];
  /** Bytes of the graphs and their weights. */
  readonly graphBytes: number;
  /** Every quantisation there is, with the bytes of its graphs. */
  readonly available: Readonly<Partial<Record<Dtype, number>>>;
}

/** @throws {EngineError} "hub-unsupported" for architectures that are none of the three families */
export function familyOf(config: TransformersConfig, id: string): HubFamily {
  const names = config.architectures ?? [];
  const has = (pattern: RegExp) => names.some((name) => pattern.test(name));
  if (has(/ForConditionalGeneration$/) || config.is_encoder_decoder === true) return "encoder-decoder";
  if (has(/ForCausalLM$|LMHeadModel$/)) return "decoder-only";
  if (has(/ForMaskedLM$/) || has(/^(Distil)?BertModel$/)) return "encoder-only";
  throw new EngineError(
    "hub-unsupported",
    `${id} is a ${names.join(", ") || config.model_type}; Cloze runs causal language models (GPT-2, OLMo 2, Llama, Qwen), BERT and DistilBERT for masked words or sentence vectors, and T5.`,
    { id, architectures: names, modelType: config.model_type },
  );
}

/**
 * The files of one quantisation.
 * @param wanted Absent: the first of `DTYPE_PREFERENCE` that is there.
 * @throws {EngineError} "hub-layout" for a repository without fitting ONNX graphs; "hub-dtype" naming those there are
 */
export function chooseFiles(
  files: readonly HubFile[],
  family: HubFamily,
  wanted: Dtype | undefined,
  id: string,
): ChosenFiles {
  const byPath = new Map(files.map((file) => [file.path, file]));
  const lacking = NEEDED.filter((path) => !byPath.has(path));
  const sets = new Map(
    DTYPES.flatMap((dtype) => {
      const graphs = ROLES[family].map((role) => graphsOf(files, role, dtype));
      return graphs.every((found) => found !== undefined) ? [[dtype, graphs.flat()] as const] : [];
    }),
  );
  if (sets.size === 0 || lacking.length > 0) {
    const what =
      lacking.length > 0 ? lacking.join(" and ") : `${ROLES[family].map(namesOf).join(" and ")} in onnx/`;
    throw new EngineError(
      "hub-layout",
      `${id} lacks ${what}, so it is not in the layout of transformers.js. Look for it under onnx-community, or convert a checkpoint of Llama, OLMo 2 or Qwen with: npx cloze models convert ${id}`,
      { id, lacking },
    );
  }
  const bytesOf = (graphs: readonly HubFile[]) => graphs.reduce((sum, { bytes }) => sum + bytes, 0);
  const available = Object.fromEntries([...sets].map(([dtype, graphs]) => [dtype, bytesOf(graphs)]));
  const dtype = wanted ?? DTYPE_PREFERENCE.find((each) => sets.has(each)) ?? "fp32";
  const graphs = sets.get(dtype);
  if (!graphs) {
    throw new EngineError("hub-dtype", `${id} has no ${dtype} file. It has ${[...sets.keys()].join(", ")}.`, {
      id,
      dtype,
      available,
    });
  }
  const beside = [...NEEDED, ...USEFUL].flatMap((path) => byPath.get(path) ?? []);
  return { dtype, files: [...beside, ...graphs], graphBytes: bytesOf(graphs), available };
}

/** A graph and its weights beside it, `<graph>.onnx_data`, `<graph>.onnx_data_1`, …; undefined when it is not there. */
function graphsOf(files: readonly HubFile[], role: GraphRole, dtype: Dtype): HubFile[] | undefined {
  for (const name of GRAPH_NAMES[role]) {
    // The whole of T5 is never one "model.onnx"; of one graph both roles are the same file.
    const path = `onnx/${name}${DTYPE_SUFFIX[dtype]}.onnx`;
    const graph = files.find((file) => file.path === path);
    if (!graph) continue;
    const data = files.filter(
      (file) => file.path.startsWith(`${path}_data`) && /_data(_\d+)?$/.test(file.path),
    );
    return [graph, ...data];
  }
  return undefined;
}

function namesOf(role: GraphRole): string {
  return GRAPH_NAMES[role].map((name) => `${name}.onnx`).join(" or ");
}
