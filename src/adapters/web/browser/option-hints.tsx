import type { WireOption } from "../wire.ts";
import type { Help } from "./completion.ts";

interface HintProps {
  readonly help: Help;
  readonly onAdd: (option: WireOption) => void;
}

/** Under the composer: what the text at the cursor means, and which options could be added. */
export function OptionHints({ help: { command, option, unused }, onAdd }: HintProps) {
  const needed = unused.filter(({ required }) => required).map(({ name }) => name);
  const more = unused.filter((other) => other !== option && !other.main && !other.advanced);
  return (
    <div class="hints" id="composer-hint">
      {command && (
        <p class="hint">
          {option ? (
            <>
              <b>{option.name}</b> {option.description} <span class="hint-allowed">({option.allowed})</span>
            </>
          ) : (
            <>
              {command.description}
              {needed.length > 0 && <span class="hint-allowed"> (needs {needed.join(", ")})</span>}
            </>
          )}
        </p>
      )}
      {command && more.length > 0 && (
        <ul class="chips" aria-label={`More options of /${command.name}`}>
          {more.map((other) => (
            <li key={other.name}>
              <button
                type="button"
                class="chip"
                title={`${other.description} (${other.allowed})`}
                onClick={() => onAdd(other)}
              >
                {other.name}
              </button>
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}
