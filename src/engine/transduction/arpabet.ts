/** ARPAbet's consonants and vowels as the CMU Pronouncing Dictionary writes them, in IPA for General American. */
const CONSONANTS: Readonly<Record<string, string>> = {
  B: "b",
  CH: "tʃ",
  D: "d",
  DH: "ð",
  F: "f",
  G: "ɡ",
  HH: "h",
  JH: "dʒ",
  K: "k",
  L: "l",
  M: "m",
  N: "n",
  NG: "ŋ",
  P: "p",
  R: "ɹ",
  S: "s",
  SH: "ʃ",
  T: "t",
  TH: "θ",
  V: "v",
  W: "w",
  Y: "j",
  Z: "z",
  ZH: "ʒ",
};

const VOWELS: Readonly<Record<string, string>> = {
  AA: "ɑ",
  AE: "æ",
  AH: "ʌ",
  AO: "ɔ",
  AW: "aʊ",
  AY: "aɪ",
  EH: "ɛ",
  ER: "ɝ",
  EY: "eɪ",
  IH: "ɪ",
  IY: "i",
  OW: "oʊ",
  OY: "ɔɪ",
  UH: "ʊ",
  UW: "u",
};

/** Vowels that sound otherwise without stress. */
const REDUCED: Readonly<Record<string, string>> = { AH0: "ə", ER0: "ɚ" };

const STRESS_MARKS: Readonly<Record<string, string>> = { "1": "ˈ", "2": "ˌ" };

/** Groups of consonants that can begin an English syllable; single ones can, except NG and ZH in front of nothing. */
const ONSETS = new Set(
  (
    "P R,P L,P Y,B R,B L,B Y,T R,T W,D R,D W,K R,K L,K W,K Y,G R,G L,G W,F R,F L,F Y,V Y,TH R,TH W,SH R,HH Y,M Y," +
    "S P,S T,S K,S M,S N,S L,S W,S F,S P R,S P L,S P Y,S T R,S K R,S K W,S K Y"
  ).split(","),
);

/**
 * A pronunciation in IPA. The stress mark stands before its syllable, which begins with the longest group of
 * consonants that English words begin with; words of one syllable bear none.
 * @param phonemes ARPAbet with stress digits on the vowels, e.g. ["K", "L", "OW1", "Z"].
 * @returns e.g. "kloʊz".
 * @throws {RangeError} for a symbol that is no ARPAbet phoneme.
 */
export function arpabetToIpa(phonemes: readonly string[]): string {
  const vowels = phonemes.flatMap((phoneme, place) => (isVowel(phoneme) ? [place] : []));
  const marks = new Map<number, string>();
  if (vowels.length > 1) {
    for (const [index, place] of vowels.entries()) {
      const mark = STRESS_MARKS[phonemes[place]!.at(-1)!];
      if (mark) marks.set(onsetStart(phonemes, index === 0 ? 0 : vowels[index - 1]! + 1, place), mark);
    }
  }
  return phonemes.map((phoneme, place) => (marks.get(place) ?? "") + symbol(phoneme)).join("");
}

function isVowel(phoneme: string): boolean {
  return phoneme.slice(0, -1) in VOWELS;
}

function symbol(phoneme: string): string {
  const found = CONSONANTS[phoneme] ?? REDUCED[phoneme] ?? VOWELS[phoneme.slice(0, -1)];
  if (found === undefined) throw new RangeError(`"${phoneme}" is no ARPAbet phoneme`);
  return found;
}

/** Where the syllable of the vowel at `vowel` begins; consonants from `first` on are free to belong to it. */
function onsetStart(phonemes: readonly string[], first: number, vowel: number): number {
  if (first === 0) return 0;
  for (let start = first; start < vowel - 1; start++) {
    if (ONSETS.has(phonemes.slice(start, vowel).join(" "))) return start;
  }
  const last = phonemes[vowel - 1];
  return vowel > first && last !== "NG" ? vowel - 1 : vowel;
}
