import { describe } from "vitest";
import { adapterContract } from "./adapter.contract.ts";
import { type Faults, referenceDriver } from "./reference-platform.ts";

adapterContract(referenceDriver());

describe("the contract sees a planted fault", () => {
  const planted: [Faults, string[]][] = [
    [
      { leaks: true },
      [
        "shows a private reply to who asked and to nobody else",
        "shows an aside in private beside the reply in the channel",
      ],
    ],
    [
      { acksLate: true },
      [
        "acknowledges twenty commands at once, each within 3 s, and answers each",
        "a pressed button changes its message, for whoever presses",
      ],
    ],
    [
      { skipsLast: true },
      [
        "shows the last state of a streamed reply, in one message",
        "keeps what was written when the handler fails, and says so with a number for the log",
      ],
    ],
    [{ cutsAt: 2_000 }, ["shows a text far beyond its limits whole and in order"]],
    [{ stopsSilently: true }, ["marks replies as interrupted that do not finish within the grace at stop"]],
    [
      { formats: true },
      ['shows as inert text: "*slanted* **boldly** _under_ __twice__ ~~struck~~ ~once~ ||hidden|| `coded`"'],
    ],
  ];
  for (const [faults, mustFail] of planted) {
    describe(Object.keys(faults).join(), () => adapterContract(referenceDriver(faults), { mustFail }));
  }
});
