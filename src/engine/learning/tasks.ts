import type { LabelledText } from "../encoding/nearest-centroid.ts";
import { type CheckedExamples, checkExamples } from "./check-examples.ts";
import greekSentences from "./greek-sentences.json" with { type: "json" };
import opinionSentences from "./opinion-sentences.json" with { type: "json" };
import topicSentences from "./topic-sentences.json" with { type: "json" };

export const TASKS = ["opinion", "greek", "letters", "order"] as const;
/** Labelled sentences that show what frozen sentence vectors carry and what they don't. */
export type TaskName = (typeof TASKS)[number];

/** What each task's label depends on, as a phrase. */
export const TASK_ABOUT: Record<TaskName, string> = {
  opinion: "praise or complaint: a matter of meaning",
  greek: "praise or complaint in Greek, a language the encoder was not trained on",
  letters: "an even or odd number of letters: a matter of spelling",
  order: "an animal or a person does it: the same words in another order",
};

/** What a static network learns before anything else: the topics of 120 sentences. */
export function firstTask(): CheckedExamples {
  return checkExamples(labelled(topicSentences));
}

export function demonstrationTask(name: TaskName): CheckedExamples {
  return checkExamples(MAKERS[name]());
}

const MAKERS: Record<TaskName, () => LabelledText[]> = {
  opinion: () => labelled(opinionSentences),
  greek: () => labelled(greekSentences),
  letters: () =>
    [...labelled(opinionSentences), ...labelled(topicSentences)].map(({ text }) => ({
      text,
      label: (text.match(/\p{L}/gu) ?? []).length % 2 === 0 ? "even" : "odd",
    })),
  order: orderedSentences,
};

function labelled(sentences: Readonly<Record<string, readonly string[]>>): LabelledText[] {
  return Object.entries(sentences).flatMap(([label, texts]) => texts.map((text) => ({ text, label })));
}

const ANIMALS = ["dog", "cat", "horse", "goat", "duck", "parrot", "monkey", "donkey", "rabbit", "sheep"];
const PEOPLE = [
  "teacher",
  "doctor",
  "farmer",
  "painter",
  "soldier",
  "singer",
  "judge",
  "baker",
  "pilot",
  "nurse",
];
const VERBS = ["sees", "follows", "greets", "hears", "watches"];

/** Every animal with every person, half of them in each order; verbs are shared out alike, so that no word tells. */
function orderedSentences(): LabelledText[] {
  return ANIMALS.flatMap((animal, i) =>
    PEOPLE.map((person, j) => {
      const verb = VERBS[Math.floor(i / 2 + j / 2) % VERBS.length]!;
      return (i + j) % 2 === 0
        ? { text: `The ${animal} ${verb} the ${person}.`, label: "animal" }
        : { text: `The ${person} ${verb} the ${animal}.`, label: "person" };
    }),
  );
}
