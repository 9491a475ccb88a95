/** Width of a piece of text on one line. */
type Measure = (text: string) => number;

/** A text in lines of at most `width`; what `mostLines` can't hold ends in "…". Long words are broken. */
export function wrapWords(text: string, width: number, measure: Measure, mostLines = Infinity): string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(/(?<=\s)/u).flatMap((each) => breakWord(each, width, measure))) {
    if (line !== "" && measure((line + word).trimEnd()) > width) {
      lines.push(line.trimEnd());
      line = "";
    }
    line += word;
  }
  if (line.trim() !== "" || lines.length === 0) lines.push(line.trimEnd());
  if (lines.length <= mostLines) return lines;
  const last = lines.slice(mostLines - 1).join(" ");
  return [...lines.slice(0, mostLines - 1), shortened(last, width, measure)];
}

/** The beginning of a text that fits, with "…" where something is missing. */
export function shortened(text: string, width: number, measure: Measure): string {
  if (measure(text) <= width) return text;
  const characters = charactersOf(text);
  let fits = characters.length;
  while (fits > 0 && measure(`${characters.slice(0, fits).join("")}…`) > width) fits--;
  return `${characters.slice(0, fits).join("").trimEnd()}…`;
}

function breakWord(word: string, width: number, measure: Measure): string[] {
  if (measure(word.trimEnd()) <= width) return [word];
  const pieces: string[] = [];
  let piece = "";
  for (const character of charactersOf(word)) {
    if (piece !== "" && measure(piece + character) > width) {
      pieces.push(piece);
      piece = "";
    }
    piece += character;
  }
  return [...pieces, piece];
}

const segmenter = new Intl.Segmenter();

/** As people see them: a letter with its marks is one. */
function charactersOf(text: string): string[] {
  return [...segmenter.segment(text)].map(({ segment }) => segment);
}
