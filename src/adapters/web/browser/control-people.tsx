import type { WireCommand } from "../wire.ts";
import { CommandAnswer } from "./command-answer.tsx";
import { Invitation } from "./invitation-dialog.tsx";

/** Who is in the course, and how others come in. */
export function ControlPeople({
  channel,
  commands,
}: {
  readonly channel: string;
  readonly commands: readonly WireCommand[];
}) {
  return (
    <>
      <CommandAnswer
        channel={channel}
        commands={commands}
        heading="Roster"
        first
        choices={[{ label: "Show the roster", command: "roster show" }]}
        forms={["roster import", "link"]}
      />
      <section class="command-answer" aria-label="Links">
        <h3>Links</h3>
        <Invitation />
      </section>
    </>
  );
}
