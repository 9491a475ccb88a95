import { useEffect } from "preact/hooks";
import type { WireRoom } from "../../wire.ts";
import { LinkTo } from "../link-to.tsx";
import { announcement } from "../state.ts";
import { Blanks } from "./blanks.tsx";
import { Compare } from "./compare.tsx";
import { NextTokenTool } from "./next-token-tool.tsx";
import { openings, param, readParams, setParams, writeAddress } from "./params.ts";
import { Tree } from "./tree.tsx";
import { Words } from "./words.tsx";

const TOOLS = [
  { id: "next", title: "Next token", View: NextTokenTool },
  { id: "compare", title: "Compare", View: Compare },
  { id: "tree", title: "Beam tree", View: Tree },
  { id: "words", title: "Words in context", View: Words },
  { id: "blanks", title: "Fill the blank", View: Blanks },
] as const;

/** Where one tries decoding by hand. Nobody else sees it; its address is a link to exactly this. */
export function PlaygroundPage({ room }: { readonly room: WireRoom }) {
  useEffect(() => {
    readParams();
    addEventListener("hashchange", readParams);
    return () => removeEventListener("hashchange", readParams);
  }, []);
  const tool = TOOLS.find(({ id }) => id === param("tool")) ?? TOOLS[0];
  const { View } = tool;
  return (
    <div class="playground">
      <header class="control-head">
        <h1>Playground</h1>
        <button type="button" class="button secondary" onClick={() => void copyLink()}>
          Copy link
        </button>
        <LinkTo path="/">{room.courseName}</LinkTo>
      </header>
      <nav class="control-views" aria-label="Tools">
        {TOOLS.map(({ id, title }) => (
          <a
            key={id}
            href={`#tool=${id}`}
            {...(tool.id === id ? { "aria-current": "page" } : {})}
            onClick={(event) => {
              // Other tools keep what was set.
              event.preventDefault();
              setParams({ tool: id });
            }}
          >
            {title}
          </a>
        ))}
      </nav>
      <main class="playground-main">
        <h2 class="visually-hidden">{tool.title}</h2>
        <View key={`${tool.id}/${openings.value}`} />
      </main>
    </div>
  );
}

/** Over plain HTTP browsers lend no clipboard; then the address bar is the way. */
async function copyLink(): Promise<void> {
  writeAddress();
  try {
    await navigator.clipboard.writeText(location.href);
    announcement.value = "The link is copied.";
  } catch {
    announcement.value = "";
    prompt("The link to this, with all settings:", location.href);
  }
}
