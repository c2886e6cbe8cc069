# syntax=docker/dockerfile:1
# Souk's two servers, `souk` and `souk-indexer`, in one small image: nothing else is in it, not even a shell.

FROM rust:1.95-slim-bookworm AS build
WORKDIR /source
COPY . .
# What was compiled before is kept between builds, outside of the image.
RUN --mount=type=cache,target=/usr/local/cargo/registry \
    --mount=type=cache,target=/source/target \
    cargo build --profile dist --locked --package souk --package souk-indexer \
    && mkdir -p /image/usr/local/bin && install -d -m 0700 /image/data \
    && cp target/dist/souk target/dist/souk-indexer /image/usr/local/bin/

FROM gcr.io/distroless/cc-debian12:nonroot
COPY --from=build /image/usr/local/bin/souk /image/usr/local/bin/souk-indexer /usr/local/bin/
# A volume that is mounted here belongs to whom the folder belongs to.
COPY --from=build --chown=65532:65532 /image/data /data
ENV SOUK_DATA_DIR=/data SOUK_LISTEN=0.0.0.0:3000
WORKDIR /data
VOLUME /data
USER 65532:65532
EXPOSE 3000
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=5s --start-period=120s CMD ["souk", "health"]
CMD ["souk", "serve"]
