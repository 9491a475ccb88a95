import { describe, expect, test } from "vitest";
import { altText } from "../../../src/bot/charts/alt-text.ts";
import { contrast } from "../../../src/bot/charts/drawing/contrast.ts";
import { COLOURS, type Colours, type Theme } from "../../../src/bot/charts/drawing/look.ts";
import { createChartPictures } from "../../../src/bot/charts/picture/chart-pictures.ts";
import { chartSvg } from "../../../src/bot/charts/picture/chart-svg.ts";
import { measureText } from "../../../src/bot/charts/picture/fonts.ts";
import { faultsOf, textBoxes } from "./check-picture.ts";
import { SAMPLES } from "./sample-charts.ts";

const charts = Object.values(SAMPLES);
const THEMES: readonly Theme[] = ["light", "dark"];

describe.each(THEMES)("in %s colours", (theme) => {
  test.each(charts)(
    "$kind: texts stay apart, inside, legible on a phone and readable on their ground",
    (chart) => {
      expect(faultsOf(chartSvg(chart, theme))).toEqual([]);
    },
    60_000,
  );

  test("lines, bars and points are told from the ground (3 to 1, WCAG 1.4.11)", () => {
    const { paper, accent, series, soft }: Colours = COLOURS[theme];
    for (const colour of [accent, soft, ...series]) expect(contrast(colour, paper)).toBeGreaterThan(3);
  });
});

test("the check finds what is cut, covered, too small and too pale", () => {
  const text = (words: string, x: number, y: number, size = 13, fill = "#22252a") =>
    `<text style="font-size:${size}px;font-family:Atkinson Hyperlegible Next;" transform="translate(${x} ${y})" fill="${fill}">${words}</text>`;
  const svg = (inner: string) =>
    `<svg width="480" height="100" xmlns="http://www.w3.org/2000/svg"><rect width="480" height="100" fill="#ffffff"></rect>${inner}</svg>`;
  expect(faultsOf(svg(text("well", 20, 50)))).toEqual([]);
  expect(faultsOf(svg(text("beyond the edge", 440, 50)))).toEqual([
    expect.stringContaining("leaves the picture"),
  ]);
  expect(faultsOf(svg(text("one", 20, 50) + text("two", 30, 54)))).toEqual(['"one" and "two" overlap']);
  expect(faultsOf(svg(text("tiny", 20, 50, 11)))).toEqual(['"tiny" is 8.9 px high on a phone']);
  expect(faultsOf(svg(text("pale", 20, 50, 13, "#999999")))).toEqual([
    '"pale" is too pale on what lies below it',
  ]);
});

test.each(["The nice woman", "Привет", "中文字", "ελληνικά", "mixed 中 и б"])(
  "words are measured as wide as they are drawn, within 6 per cent: %s",
  (words) => {
    const chart = { ...SAMPLES.transitions, title: words };
    const [title] = textBoxes(chartSvg(chart, "light")).filter((box) => box.size === 16);
    const drawn = title!.right - title!.left;
    expect(Math.abs(measureText(words, 16, true) - drawn)).toBeLessThan(0.06 * drawn + 2);
  },
);

test("letters that no font has are marked and counted, not drawn as empty boxes; all others stay", () => {
  const svg = chartSvg({ ...SAMPLES.poll, title: "한국 العربية Привет 中文 ελ 🙂\ufe0f" }, "light");
  expect(svg).not.toMatch(/[한국]/);
  for (const word of ["□□", "العربية", "Привет", "中文", "ελ"]) expect(svg).toContain(word);
  const words = textBoxes(svg).map((box) => box.words);
  expect(words.join(" ")).toContain("2 letters have no font in this picture and stand as □");
  expect(faultsOf(svg)).toEqual([]);
}, 60_000);

test("a model's and a student's words stay words", () => {
  const title = '<script>alert(1)</script> {a|b} "quoted" & \u202eturned';
  const svg = chartSvg({ ...SAMPLES.poll, title }, "light");
  expect(svg).not.toContain("<script>");
  expect(svg).not.toContain("\u202e");
  expect(faultsOf(svg)).toEqual([]);
}, 60_000);

describe("alternative text", () => {
  test.each(charts)("$kind: says the title and fits Discord's 1,024 characters", (chart) => {
    const alt = altText(chart);
    expect(alt.startsWith(chart.title)).toBe(true);
    expect(alt.length).toBeLessThanOrEqual(1_000);
  });

  test("tells the numbers: 14 + 25 + 0 of 39 people, and who moved", () => {
    expect(altText(SAMPLES.poll)).toContain("39 people answered (before: 39): The dog has 14, before 22; ");
    expect(altText(SAMPLES.transitions)).toContain("9 went from The dog has to The nice woman (right)");
    expect(altText(SAMPLES.distribution)).toContain("top-k keeps 5 tokens with 71 % of the mass.");
    // 18 + 15 + 17 on the diagonal of 60.
    expect(altText(SAMPLES.confusion)).toContain("50 of 60 held-out examples right.");
  });
});

test("a picture is drawn in another thread: 1,200 pixels wide, with its alternative text", async () => {
  const pictures = createChartPictures();
  try {
    const block = { type: "chart", chart: SAMPLES.poll, inWords: [] } as const;
    const { png, alt, fileName } = await pictures.draw(block, "dark");
    expect([...png.subarray(1, 4)].map((code) => String.fromCharCode(code)).join("")).toBe("PNG");
    // The width stands at byte 16 of a PNG, as 4 bytes.
    expect(new DataView(png.buffer, png.byteOffset).getUint32(16)).toBe(1_200);
    expect(png.byteLength).toBeLessThan(300_000);
    expect(fileName).toMatch(/^poll-which-text-will-greedy-[a-z-]+\.png$/);
    expect(alt).toBe(altText(SAMPLES.poll));
  } finally {
    await pictures.close();
  }
}, 60_000);
