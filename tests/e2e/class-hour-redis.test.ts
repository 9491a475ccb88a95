/** The same hour with every record in Redis and every model in a worker behind its queues. */
import { openConfiguredStore } from "../../src/bot/store/open-store.ts";
import { connectRemoteEngine } from "../../src/engine/remote/remote-engine.ts";
import { serveEngine } from "../../src/engine/remote/serve-engine.ts";
import { classEngine } from "../bot/activities/class-engine.ts";
import { describeWithRedis } from "../describe-with-redis.ts";
import { startRedis } from "../redis-server.ts";
import { classHour } from "./class-hour.ts";

const onError = (error: unknown) => {
  throw error;
};

describeWithRedis("on Redis", () =>
  classHour(async () => {
    const redis = await startRedis();
    const models = classEngine();
    const worker = await serveEngine(models.engine, { url: redis.url, onError });
    const engine = await connectRemoteEngine({ url: redis.url, modelsDir: models.modelsDir, onError });
    const { store } = await openConfiguredStore({ dataDirectory: "none", redisUrl: redis.url });
    return {
      engine,
      store,
      async close() {
        await engine.close();
        await worker.close(0);
        await models.close();
        await redis.stop();
      },
    };
  }),
);
