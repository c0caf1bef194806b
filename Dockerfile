# syntax=docker/dockerfile:1
ARG NODE=24.21.0

FROM node:${NODE}-bookworm-slim AS manifests
WORKDIR /rollcall
RUN npm install --global pnpm@12.21.0
COPY pnpm-lock.yaml pnpm-workspace.yaml package.json ./
COPY apps/api/package.json apps/api/
COPY apps/lab/package.json apps/lab/
COPY apps/web/package.json apps/web/
COPY packages/client/package.json packages/client/
COPY packages/presence/package.json packages/presence/
COPY packages/protocol/package.json packages/protocol/

# What the server needs to run: it is not built.
FROM manifests AS server
RUN pnpm install --frozen-lockfile --prod --filter @rollcall/api...
COPY packages packages
COPY apps/api apps/api

FROM manifests AS web
RUN pnpm install --frozen-lockfile --filter @rollcall/web...
COPY tsconfig.base.json ./
COPY packages packages
COPY apps/web apps/web
RUN pnpm --filter @rollcall/web build

FROM node:${NODE}-bookworm-slim
ENV NODE_ENV=production HOST=0.0.0.0 DATA_DIR=/data
WORKDIR /rollcall
RUN install -d -o node -g node -m 0700 /data
COPY --from=server /rollcall ./
COPY --from=web /rollcall/apps/web/dist apps/web/dist
USER node
VOLUME /data
EXPOSE 3000
HEALTHCHECK --interval=10s --timeout=3s --start-period=20s \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT ?? 3000}/healthz`).then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
# Exec form: signals reach the server itself.
# Many connections cost half as much memory where V8 collects young objects sooner.
CMD ["node", "--min-semi-space-size=4", "--max-semi-space-size=4", "apps/api/src/main.ts"]
