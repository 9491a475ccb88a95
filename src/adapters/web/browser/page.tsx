import "./style.css";
import { render } from "preact";
import { call } from "./api.ts";
import { App } from "./app.tsx";
import { readAddress, takeKey } from "./route.ts";
import { connect, watchConnection } from "./stream.ts";
import { watchTitle } from "./title.ts";

const linkKey = takeKey();
readAddress();
addEventListener("popstate", readAddress);
watchConnection();
watchTitle();
render(<App linkKey={linkKey} />, document.getElementById("app")!);
if (linkKey.startsWith("teacher-")) {
  // The teacher's link needs no name. When it opens nothing, the door says so.
  await call("POST", "/api/session", { key: linkKey, name: "" }).catch(() => undefined);
}
await connect();
