# syntax=docker/dockerfile:1
# Cloze with its models, for linux/amd64 and linux/arm64.   docker build -t cloze .
# Two stages: compilers, npm and its cache stay in the first.

FROM node:26-bookworm-slim AS packages
WORKDIR /cloze
ENV ONNXRUNTIME_NODE_INSTALL=skip
COPY package.json package-lock.json ./
# ONNX Runtime's package brings its libraries for every system; 220 MB of them are not for Linux.
RUN npm ci --omit=dev --no-audit --no-fund \
 && rm -r node_modules/onnxruntime-node/bin/napi-v6/darwin node_modules/onnxruntime-node/bin/napi-v6/win32

FROM debian:bookworm-slim
# tini hands signals on, so that a stop lets running replies finish; CA certificates for Discord, Slack and the Hub;
# Node's program is linked against libatomic, which slim images lack.
RUN apt-get update \
 && apt-get install -y --no-install-recommends ca-certificates libatomic1 tini \
 && rm -rf /var/lib/apt/lists/* \
 && useradd --system --uid 10001 --create-home --home-dir /home/cloze cloze \
 && install -d -o cloze -g cloze /data
WORKDIR /cloze
# The Node that the lock file pins is among the packages; the image needs no other.
COPY --from=packages /cloze/node_modules ./node_modules
COPY package.json package-lock.json LICENSE ./
COPY bin ./bin
COPY course ./course
COPY models ./models
COPY src ./src
# Models of the Hub lie on the volume too: they outlive the container, and its workers share them.
ENV CLOZE_DATA_DIR=/data \
    HF_HOME=/data/huggingface \
    CLOZE_WEB_HOST=0.0.0.0 \
    CLOZE_WEB_PORT=3000 \
    NODE_COMPILE_CACHE=/tmp/cloze
USER cloze
VOLUME /data
EXPOSE 3000
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=15s --timeout=3s --start-period=60s --retries=4 \
  CMD ["/cloze/node_modules/node/bin/node", "-e", "fetch('http://127.0.0.1:'+(process.env.CLOZE_WEB_PORT||3000)+'/healthz').then((r)=>process.exit(r.ok?0:1),()=>process.exit(1))"]
ENTRYPOINT ["/usr/bin/tini", "--", "/cloze/node_modules/node/bin/node", "--disable-warning=ExperimentalWarning", "/cloze/src/main.ts"]
CMD ["start"]
