import type { ComparisonChart } from "../chart.ts";
import { pixelAxes } from "./axes.ts";
import { flow, tokenSeries } from "./flowing-tokens.ts";
import { inkOn, type Look, TEXT } from "./look.ts";
import { type Drawing, openPage } from "./page.ts";

/** The methods' texts one below the other: what they share in grey, the first token that differs set apart. */
export function drawComparison(chart: ComparisonChart, look: Look): Drawing {
  const { colours } = look;
  const { methods, prompt, sharedTokens } = chart;
  const page = openPage(chart, look);
  const shared = sharedTokens === 1 ? "1 token" : `${sharedTokens} tokens`;
  const all = methods.every(({ tokens }) => tokens.length === sharedTokens);
  page.paragraph(
    all
      ? `All ${methods.length} methods write the same ${shared}.`
      : sharedTokens === 0
        ? "They part at the first token, which is filled."
        : `Shared ${shared} in grey; the first token that differs is filled.`,
    { colour: colours.soft },
  );
  const series: object[] = [];
  for (const { name, tokens, logProb, meanEntropy } of methods) {
    page.y += 10;
    page.paragraph(name, { bold: true });
    page.paragraph(
      `log-probability ${logProb.toFixed(2).replace("-", "−")} nats · n = ${tokens.length} tokens · mean entropy ${meanEntropy.toFixed(2)} nats`,
      { size: TEXT.small, colour: colours.soft },
    );
    page.y += 4;
    const placed = flow(page, [prompt, ...tokens], look);
    series.push(
      tokenSeries(placed, look, (index) => {
        const parts = index - 1 === sharedTokens;
        const fill = parts ? colours.accent : colours.paper;
        const ink = parts ? inkOn(fill) : index <= sharedTokens ? colours.soft : colours.ink;
        return {
          fill,
          ink,
          tip: index === 0 ? "the prompt" : `${name}, token ${index}: “${tokens[index - 1]}”`,
        };
      }),
    );
  }
  page.y += 4;
  return page.finish({ ...pixelAxes(page), series });
}
