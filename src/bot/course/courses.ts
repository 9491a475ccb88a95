import type { ChannelRef, PlatformName, Role } from "../invocation.ts";

/** A course as configured: one group of people over all platforms. */
export interface Course {
  readonly id: string;
  readonly name: string;
  readonly timeZone: string;
  /** The channels commands work in; empty for a platform means all of its channels. */
  readonly channels: readonly ChannelRef[];
  /** Whole guilds and workspaces that belong to the course. */
  readonly communities: readonly { readonly platform: PlatformName; readonly id: string }[];
  /**
   * Ids that give a role, where the platform knows no better: Discord role ids, Slack user ids and user group
   * ids. Nothing for a platform: its own permissions decide.
   */
  readonly roles?: Partial<
    Record<PlatformName, Partial<Record<Exclude<Role, "student">, readonly string[]>>>
  >;
  readonly guestsMayVote: boolean;
  /**
   * Whether vulgar words and slurs are kept out of what models write and blacked out in what is shown. On when left
   * out.
   */
  readonly wordList?: boolean;
  /** The folder with `objectives.yaml` and `items/`; the sample course when left out. */
  readonly content?: string;
  readonly limits: {
    /** Costly commands one person may start a minute. */
    readonly perPersonPerMinute: number;
    /** Costly commands one channel may start a minute. */
    readonly perChannelPerMinute: number;
  };
}

export interface Courses {
  all(): readonly Course[];
  /** Throws UserError "course-unknown" for a course that is not configured (any more). */
  get(courseId: string): Course;
  /**
   * The course a channel belongs to: by the channel itself, else by its community, else the only course.
   * Undefined when no course fits, or when the one that fits lists other channels of this platform.
   */
  forChannel(channel: ChannelRef, communityId?: string): Course | undefined;
}
