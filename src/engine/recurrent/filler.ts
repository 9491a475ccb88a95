import type { Engine } from "../engine.ts";

/** Plain sentences that have nothing to do with each other or with the probe's words. */
const SENTENCES = `The road to the village was closed for two days after the storm.
A new school will be built near the station next year.
Most people in the room had already read the report.
The river is wide here and the water moves slowly.
She opened the window and looked at the empty street.
Nobody could say when the meeting would begin.
The price of bread has gone up again this month.
He wrote a long letter to his brother in the north.
Many of the houses on this side are made of wood.
The children were playing behind the old church.
It was the first time that they had seen the sea.
The doctor told him to rest for at least a week.
Some of the members did not agree with the plan.
A small group of men stood around the fire.
The train was late and the platform was full.
They had lived in the same house for forty years.
The law was changed in the spring of that year.
There is little rain in this part of the country.
The old man put his hat on the table and sat down.
Her answer was short and surprised everyone.
The work took much longer than they had expected.
In the evening the streets were quiet again.
The company sold its land to the city.
Only a few of the students knew the answer.
The snow had covered the path during the night.
He could hear voices from the other side of the wall.
The museum is open every day except Monday.
A letter from the minister arrived the next morning.
The two sisters had not spoken for a long time.
At noon the sun stood high above the fields.`.split("\n");

/** Sentences in an order that follows from the seed, repeated until they are surely enough for so many tokens. */
function fillerText(seed: number, tokens: number): string {
  const chosen: string[] = [];
  let state = (seed ^ 0x9e3779b9) >>> 0;
  for (let words = 0; words < tokens + 10; ) {
    // Marsaglia's xorshift (2003): enough to shuffle, and the same everywhere.
    state ^= state << 13;
    state ^= state >>> 17;
    state = (state ^ (state << 5)) >>> 0;
    const sentence = SENTENCES[state % SENTENCES.length]!;
    if (sentence === chosen.at(-1)) continue;
    chosen.push(sentence);
    words += sentence.split(" ").length;
  }
  return chosen.join(" ");
}

/** Token ids of a text's beginning, exactly so many of them. */
export async function fillerIds(
  engine: Engine,
  model: string,
  seed: number,
  tokens: number,
): Promise<readonly number[]> {
  if (tokens === 0) return [];
  const pieces = await engine.tokenize(model, ` ${fillerText(seed, tokens)}`);
  return pieces.slice(0, tokens).map(({ id }) => id);
}
