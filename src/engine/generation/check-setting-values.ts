import { refuseSetting } from "./errors.ts";
import {
  describeRange,
  inRange,
  type NumberSetting,
  SETTING_RANGES,
  type SettingRange,
} from "./setting-ranges.ts";
import { type GenerationSettings, WORD_LISTS } from "./settings.ts";

/**
 * Checks each given value by itself.
 * @throws {DecodingOptionError} for the first one that is not accepted.
 */
export function checkSettingValues(options: Partial<GenerationSettings>): void {
  for (const [name, range] of Object.entries(SETTING_RANGES) as [NumberSetting, SettingRange][]) {
    const value = options[name];
    if (value !== undefined && !inRange(value, range)) {
      refuseSetting(name, value, describeRange(range), `Try ${range.usual}, or leave it out.`);
    }
  }
  const { earlyStopping, trace, stopStrings, badWords, suppressTokens, forcedTokens } = options;
  if (earlyStopping !== undefined && earlyStopping !== "never" && typeof earlyStopping !== "boolean") {
    refuseSetting(
      "earlyStopping",
      earlyStopping,
      'true, false or "never"',
      "Leave it out for the usual heuristic (false).",
    );
  }
  if (trace !== undefined && typeof trace !== "boolean")
    refuseSetting("trace", trace, "true or false", "Leave it out for no trace.");
  const { wordList } = options;
  if (wordList !== undefined && !WORD_LISTS.includes(wordList)) {
    refuseSetting("wordList", wordList, `one of ${WORD_LISTS.join(", ")}`, "Leave it out for no list.");
  }
  const isId = (value: unknown) => Number.isSafeInteger(value) && (value as number) >= 0;
  if (stopStrings?.some((text) => typeof text !== "string" || text === "")) {
    refuseSetting(
      "stopStrings",
      stopStrings,
      "strings of at least one character",
      'Give the text itself, as in "\\n\\n".',
    );
  }
  if (badWords?.some((word) => word.length === 0 || !word.every(isId))) {
    refuseSetting("badWords", badWords, "lists of one or more token ids", "Tokenize each word first.");
  }
  if (suppressTokens && !suppressTokens.every(isId)) {
    refuseSetting("suppressTokens", suppressTokens, "token ids", "Tokenize the text first.");
  }
  if (forcedTokens && !forcedTokens.every(({ step, tokenId }) => isId(step) && isId(tokenId))) {
    refuseSetting(
      "forcedTokens",
      forcedTokens,
      "pairs of a step from 0 and a token id",
      "Tokenize the text first.",
    );
  }
}
