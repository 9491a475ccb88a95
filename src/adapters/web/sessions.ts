import type { Context } from "hono";
import { deleteCookie, getSignedCookie, setSignedCookie } from "hono/cookie";
import type { Clock } from "../../bot/clock.ts";
import { SESSION_SECONDS } from "./limits.ts";
import type { Member, Members } from "./members.ts";

const COOKIE = "cloze_session";

/** Who a request is from: a signed cookie that holds a member's id and when it was given out. */
export interface Sessions {
  read(context: Context): Promise<Member | undefined>;
  begin(context: Context, member: Member): Promise<void>;
  end(context: Context): void;
}

/** @param secure The page is reached by HTTPS only. */
export function createSessions(members: Members, clock: Clock, secure: boolean): Sessions {
  const attributes = { httpOnly: true, sameSite: "Strict", path: "/", secure } as const;
  return {
    async read(context) {
      const value = await getSignedCookie(context, members.keys.session, COOKIE);
      if (!value) return undefined;
      const [id = "", begun = ""] = value.split(".");
      const age = clock.now() / 1000 - Number(begun);
      return age < SESSION_SECONDS ? members.get(id) : undefined;
    },
    async begin(context, { id }) {
      const value = `${id}.${Math.floor(clock.now() / 1000)}`;
      await setSignedCookie(context, COOKIE, value, members.keys.session, {
        ...attributes,
        maxAge: SESSION_SECONDS,
      });
    },
    end(context) {
      deleteCookie(context, COOKIE, attributes);
    },
  };
}
