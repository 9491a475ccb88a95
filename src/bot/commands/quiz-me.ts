import { askMe } from "../activities/quiz-me/ask-me.ts";
import { defineCommand } from "./spec.ts";

export const quizMe = defineCommand({
  name: "quiz-me",
  description: "Turn a message into a question for you alone: which word was left out?",
  help: "Takes the rarest content word out of a text and lets you choose it from among the words that a masked model would put there, then shows what the model expected. On Discord and Slack it is also in the menu of every message: Apps, then “Quiz me on this message”.",
  options: {
    text: {
      type: "string",
      main: true,
      required: true,
      maxLength: 4000,
      multiline: true,
      description: "The message to be asked about, at least one whole sentence",
    },
  },
  examples: ['/quiz-me text:"Encoders see the words on both sides of a blank at once."'],
  ack: "deferred",
  visibility: "private",
  costly: true,
  contextMenu: "Quiz me on this message",
  async *run({ options }, context) {
    const { card, record } = await askMe(context, options.text);
    const { blanked, choices, answer, probabilities } = record;
    yield { kind: "message", card, data: { blanked, choices, answer, probabilities } };
  },
});
