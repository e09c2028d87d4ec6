# One static binary in an empty image, run by a user without rights.
FROM golang:1.26 AS build
WORKDIR /src
COPY go.mod go.sum ./
RUN go mod download
COPY . .
RUN CGO_ENABLED=0 go build -trimpath -ldflags "-s -w" -o /lwc-inventory . && mkdir /data

FROM gcr.io/distroless/static:nonroot
COPY --from=build /lwc-inventory /lwc-inventory
COPY --from=build --chown=nonroot:nonroot /data /data
ENV DATA_DIR=/data
VOLUME /data
EXPOSE 5001
HEALTHCHECK --interval=30s --timeout=5s --start-period=10s CMD ["/lwc-inventory", "health"]
ENTRYPOINT ["/lwc-inventory"]
CMD ["serve"]
