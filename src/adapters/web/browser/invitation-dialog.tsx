import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import type { WireInvitation } from "../wire.ts";
import { call } from "./api.ts";
import { Dialog } from "./dialog.tsx";

/** What a teacher projects to let students in: address, code, QR. */
export function InvitationDialog({ onClose }: { readonly onClose: () => void }) {
  return (
    <Dialog title="Join the classroom" class="invitation" onClose={onClose}>
      <Invitation />
    </Dialog>
  );
}

export function Invitation() {
  const invitation = useSignal<WireInvitation | undefined>(undefined);
  const problem = useSignal("");
  useEffect(() => {
    call<WireInvitation>("GET", "/api/invitation").then(
      (found) => {
        invitation.value = found;
      },
      (error: Error) => {
        problem.value = error.message;
      },
    );
  }, []);
  const found = invitation.value;
  const link = found?.links[0];
  return (
    <>
      {problem.value !== "" && (
        <p class="problem" role="alert">
          {problem.value}
        </p>
      )}
      {found && link !== undefined && (
        <div class="invitation-body">
          <img class="qr" src="/api/invitation.svg" alt={`QR code of ${link}`} width="280" height="280" />
          <div>
            <p>Scan, or open</p>
            <p class="big-address">{link.replace(/^https?:\/\//, "").replace(/\/join#.*/, "")}</p>
            <p>and type the code</p>
            <p class="big-code">{found.code}</p>
          </div>
        </div>
      )}
      {found && /^http:\/\/(127\.|localhost)/.test(link ?? "") && (
        <p class="form-help">
          Only this machine reaches this address. To let the network in, start Cloze with{" "}
          <code>npm start -- --host 0.0.0.0</code>.
        </p>
      )}
      {found?.assistantLink !== undefined && (
        <details>
          <summary>For teaching assistants</summary>
          <p class="form-help">This link gives a teaching assistant's rights. Don't project it.</p>
          <p>
            <code class="long">{found.assistantLink}</code>
          </p>
        </details>
      )}
    </>
  );
}
