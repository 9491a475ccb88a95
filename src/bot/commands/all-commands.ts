import type { Action } from "../actions.ts";
import { gradeActions } from "../activities/grading/grade-actions.ts";
import { clusterActions } from "../activities/pair-share/cluster-actions.ts";
import { pairShareActions } from "../activities/pair-share/pair-share-actions.ts";
import { pollActions } from "../activities/poll/poll-actions.ts";
import { quizActions } from "../activities/quiz/quiz-actions.ts";
import { quizMeActions } from "../activities/quiz-me/quiz-me-actions.ts";
import { reviewActions } from "../activities/review/review-actions.ts";
import { voteNextActions } from "../activities/vote-next/vote-next-actions.ts";
import { generationActions } from "../decoding/generation-actions.ts";
import { classify } from "./classify.ts";
import { compare } from "./compare.ts";
import { courseCheck } from "./course-check.ts";
import { distribution } from "./distribution.ts";
import { examplesDelete, examplesList } from "./examples.ts";
import { examplesActions, examplesAdd, examplesPoll } from "./examples-give.ts";
import { exportCanvas, exportFull, exportGift, exportParticipation, exportTimeline } from "./export.ts";
import { families } from "./families.ts";
import { fillmask } from "./fillmask.ts";
import { finetune } from "./finetune.ts";
import { generate } from "./generate.ts";
import { headsDelete, headsList } from "./heads.ts";
import { help } from "./help.ts";
import { importActions, importItems } from "./import-items.ts";
import { learningCurves } from "./learning-curves.ts";
import { link } from "./link.ts";
import { models } from "./models.ts";
import { mydataActions, mydataDelete, mydataExport } from "./mydata.ts";
import { retention, retentionActions } from "./mydata-retention.ts";
import { nearest } from "./nearest.ts";
import { poll } from "./poll.ts";
import { promptModes } from "./prompt-modes.ts";
import { pronounce } from "./pronounce.ts";
import { quiz } from "./quiz.ts";
import { quizMe } from "./quiz-me.ts";
import { recurrent } from "./recurrent.ts";
import { results } from "./results.ts";
import {
  reviewDelete,
  reviewList,
  reviewPause,
  reviewReminders,
  reviewResume,
  reviewRun,
  reviewSkip,
} from "./review.ts";
import { reviewEdit, reviewSchedule } from "./review-schedule.ts";
import { rosterActions, rosterImport, rosterShow } from "./roster.ts";
import { similarity } from "./similarity.ts";
import type { AnyCommand } from "./spec.ts";
import { thinkPairShare } from "./think-pair-share.ts";
import { tokens } from "./tokens.ts";
import { tree } from "./tree.ts";
import { voteNext } from "./vote-next.ts";
import { words } from "./words.ts";

/** Every command, in the order /help shows them. A new one joins all platforms by standing here. */
export const allCommands: readonly AnyCommand[] = [
  generate,
  compare,
  distribution,
  tree,
  fillmask,
  words,
  similarity,
  nearest,
  tokens,
  families,
  pronounce,
  recurrent,
  promptModes,
  finetune,
  learningCurves,
  classify,
  examplesAdd,
  examplesPoll,
  examplesList,
  examplesDelete,
  headsList,
  headsDelete,
  poll,
  quiz,
  quizMe,
  thinkPairShare,
  voteNext,
  results,
  courseCheck,
  reviewSchedule,
  reviewList,
  reviewEdit,
  reviewPause,
  reviewResume,
  reviewSkip,
  reviewRun,
  reviewDelete,
  reviewReminders,
  exportTimeline,
  exportParticipation,
  exportCanvas,
  exportFull,
  exportGift,
  importItems,
  mydataExport,
  mydataDelete,
  retention,
  link,
  rosterImport,
  rosterShow,
  models,
  help,
];

/** What all buttons, selects and modals do. */
export const allActions: readonly Action[] = [
  ...generationActions,
  ...pollActions,
  ...quizActions,
  ...quizMeActions,
  ...gradeActions,
  ...pairShareActions,
  ...clusterActions,
  ...voteNextActions,
  ...reviewActions,
  ...mydataActions,
  ...retentionActions,
  ...importActions,
  ...rosterActions,
  ...examplesActions,
];
