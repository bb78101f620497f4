FROM rust:1.95-slim-trixie AS build
# SQLite and the grammars of tree-sitter are C.
RUN apt-get update \
 && apt-get install --yes --no-install-recommends gcc libc6-dev \
 && rm -rf /var/lib/apt/lists/*
WORKDIR /src
COPY . .
RUN cargo build --release --locked --bin gainsay

FROM debian:trixie-slim
RUN apt-get update \
 && apt-get install --yes --no-install-recommends ca-certificates \
 && rm -rf /var/lib/apt/lists/* \
 && useradd --system --uid 10001 --no-create-home gainsay \
 && install --directory --owner gainsay /data
COPY --from=build /src/target/release/gainsay /usr/local/bin/gainsay
USER 10001
WORKDIR /data
VOLUME /data
ENV GAINSAY_LISTEN=0.0.0.0:3000 \
    GAINSAY_DATABASE_URL=sqlite:///data/gainsay.db
EXPOSE 3000
ENTRYPOINT ["gainsay"]
CMD ["serve"]
