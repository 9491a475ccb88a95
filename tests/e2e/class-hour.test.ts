import { openMemoryStore } from "../../src/bot/store/open-store.ts";
import { classEngine } from "../bot/activities/class-engine.ts";
import { classHour } from "./class-hour.ts";

classHour(async () => ({ ...classEngine(), store: openMemoryStore() }));
