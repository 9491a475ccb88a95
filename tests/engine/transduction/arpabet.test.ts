import { describe, expect, it } from "vitest";
import { arpabetToIpa } from "../../../src/engine/transduction/arpabet.ts";

describe("arpabetToIpa", () => {
  // Phonemes as in the CMU Pronouncing Dictionary; IPA as dictionaries of American English write them.
  it.each([
    ["K L OW1 Z", "kloʊz"],
    ["F AH0 T AA1 G R AH0 F ER0", "fəˈtɑɡɹəfɚ"],
    ["AH0 B AH1 V", "əˈbʌv"],
    ["S IH1 NG ER0", "ˈsɪŋɚ"],
    ["IH0 K S T R IY1 M", "ɪkˈstɹim"],
    ["P R AH0 N AH2 N S IY0 EY1 SH AH0 N", "pɹəˌnʌnsiˈeɪʃən"],
    ["K AE1 T", "kæt"],
  ])("%s is %s", (phonemes, ipa) => {
    expect(arpabetToIpa(phonemes.split(" "))).toBe(ipa);
  });

  it("refuses what is no phoneme instead of leaving it out", () => {
    expect(() => arpabetToIpa(["K", "Q"])).toThrow('"Q" is no ARPAbet phoneme');
  });
});
