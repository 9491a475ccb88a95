import type { Chart } from "../chart.ts";
import { drawAlignment } from "./alignment.ts";
import { drawBeamTree } from "./beam-tree.ts";
import { drawComparison } from "./comparison.ts";
import { drawConfusion } from "./confusion.ts";
import { drawForgetting, drawLearningCurves, drawReadingTime } from "./curves.ts";
import { drawDistribution } from "./distribution.ts";
import { drawItemStatistics } from "./item-statistics.ts";
import type { Look } from "./look.ts";
import { drawMap } from "./map.ts";
import type { Drawing } from "./page.ts";
import { drawPoll } from "./poll.ts";
import { drawSimilarity } from "./similarity.ts";
import { drawTextTrace } from "./text-trace.ts";
import { drawTransitions } from "./transitions.ts";

/** A chart laid out for a place: the same code for the server's pictures and the classroom's page. */
export function drawChart(chart: Chart, look: Look): Drawing {
  switch (chart.kind) {
    case "distribution":
      return drawDistribution(chart, look);
    case "text-trace":
      return drawTextTrace(chart, look);
    case "beam-tree":
      return drawBeamTree(chart, look);
    case "comparison":
      return drawComparison(chart, look);
    case "similarity":
      return drawSimilarity(chart, look);
    case "map":
      return drawMap(chart, look);
    case "poll":
      return drawPoll(chart, look);
    case "transitions":
      return drawTransitions(chart, look);
    case "confusion":
      return drawConfusion(chart, look);
    case "learning-curves":
      return drawLearningCurves(chart, look);
    case "forgetting":
      return drawForgetting(chart, look);
    case "reading-time":
      return drawReadingTime(chart, look);
    case "alignment":
      return drawAlignment(chart, look);
    case "item-statistics":
      return drawItemStatistics(chart, look);
  }
}
